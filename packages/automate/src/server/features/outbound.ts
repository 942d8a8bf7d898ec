import { createOutbound, type Outbound } from '../../outbound/index.ts';
import { defineFeature } from '../../platform/index.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** The only way out: every call of the product goes through it. */
    readonly outbound: Outbound;
  }
}

/** Calls to the outside, behind the guard. */
export const outbound = defineFeature({
  name: 'outbound',
  provides: ['outbound'],
  create({ core, logger, allServices }) {
    const { allowHosts } = core.outbound;
    const client = createOutbound({
      ...core.outbound,
      policy: { allowHosts },
      requireHost: (tenantId, url) => allServices().policies.requireHost(tenantId, url),
      logger,
    });
    return { services: { outbound: client }, close: () => client.close() };
  },
});
