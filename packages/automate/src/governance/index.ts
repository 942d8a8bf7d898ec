export { type ApiKeys, createApiKeys, type NewApiKey } from './api-keys/api-key.ts';
export {
  createOutbound,
  type Outbound,
  type OutboundPolicy,
  type OutboundRequest,
  type OutboundResponse,
  probeOutbound,
} from './outbound/outbound.ts';
export { ensureTenant } from './tenants/tenant.store.ts';
