import { defineErrors } from '../kernel/index.ts';

/** What can go wrong on the way to a model. A `detail` names provider, model and cause, never a key. */
export const gatewayErrors = defineErrors({
  model_not_found: [404, 'Model not found'],
  task_not_allowed: [400, 'Task not allowed'],
  no_provider: [409, 'No provider for the task'],
  provider_disabled: [409, 'Provider switched off'],
  provider_missing: [409, 'Provider not ready'],
  provider_refused: [400, 'Provider refused the request'],
  provider_auth: [502, 'Provider refused the key'],
  provider_rate_limited: [429, 'Provider is busy'],
  provider_failed: [502, 'Provider failed'],
  provider_timeout: [504, 'Provider did not answer in time'],
  provider_truncated: [502, 'Answer broke off'],
  provider_malformed: [502, 'Answer cannot be read'],
  limit_reached: [429, 'Limit reached'],
  budget_spent: [402, 'Budget spent'],
  price_unknown: [409, 'Price not known'],
  call_aborted: [499, 'Call aborted by its caller'],
  key_host_refused: [403, 'Key must not be sent there'],
});
