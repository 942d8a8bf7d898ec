import { z } from 'zod';
import { setting } from '../platform/index.ts';

/** How long the log of calls is kept. */
export const gatewaySettings = z.object({
  callRetentionDays: setting.integer({ default: 30, min: 0, max: 36_500 }).meta({
    description: 'how long the [log of calls](gateway.md#log) is kept',
    bounds: '0 to 36,500; 0 is for ever',
  }),
});
export type GatewaySettings = z.output<typeof gatewaySettings>;
