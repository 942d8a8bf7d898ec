export { createOutbound, type Outbound, type OutboundRequest, type OutboundResponse } from './client.ts';
export type { OutboundPolicy } from './policy.ts';
export { probeOutbound } from './probe.ts';
