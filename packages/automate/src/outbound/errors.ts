import { defineErrors } from '../kernel/index.ts';

/** What can go wrong with a guarded call. A `detail` names the host and the class of an address, never a resolved address. */
export const outboundErrors = defineErrors({
  outbound_refused: [400, 'Outgoing request refused'],
  outbound_timeout: [504, 'Outgoing request timed out'],
  outbound_too_large: [502, 'Reply too large'],
  outbound_too_many_redirects: [502, 'Too many redirects'],
  outbound_rate_limited: [429, 'Too many outgoing requests'],
  outbound_circuit_open: [503, 'Host left alone'],
  outbound_aborted: [499, 'Outgoing request aborted'],
  outbound_failed: [502, 'Outgoing request failed'],
});
