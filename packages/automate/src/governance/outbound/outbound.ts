export { createOutbound, type Outbound, type OutboundOptions, type OutboundRequest, type OutboundResponse } from './client.ts';
export type { Connect, Dial } from './connections.ts';
export { outboundErrors } from './errors.ts';
export type { RequestHeaders } from './headers.ts';
export type { OutboundPolicy } from './policy.ts';
export { type ProbeHop, type ProbeOptions, type ProbeResult, probeOutbound } from './probe.ts';
export type { Resolve } from './resolve.ts';
