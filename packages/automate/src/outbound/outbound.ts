export { createOutbound, type Outbound } from './client.ts';
export type { OutboundPolicy } from './policy.ts';
export { probeOutbound } from './probe.ts';
export type { OutboundRequest, OutboundResponse } from './request.ts';
