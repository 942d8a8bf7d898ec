import { defineErrors } from '../../kernel/index.ts';

export const policyErrors = defineErrors({
  policy_host_denied: [403, 'Host not allowed by the policy'],
  policy_limit_reached: [422, 'Limit of the policy reached'],
  policy_beyond_ceiling: [422, 'Beyond what the operator allows'],
});
