export { type Breaker, type BreakerOptions, createBreaker } from './breaker.ts';
export { coversHost, isHostAllowed, isHostNamed, isHostPattern } from './host-patterns.ts';
export {
  createOutbound,
  type Outbound,
  type OutboundPolicy,
  type OutboundRequest,
  type OutboundResponse,
  probeOutbound,
} from './outbound.ts';
export type { OutboundSettings } from './settings.ts';
