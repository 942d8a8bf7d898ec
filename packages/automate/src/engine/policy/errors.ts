import { defineErrors } from '../../kernel/index.ts';

export const executionPolicyErrors = defineErrors({
  policy_step_type_denied: [403, 'Step type not allowed by the policy'],
  policy_workflow_too_large: [422, 'Workflow larger than the policy allows'],
  policy_payload_too_large: [422, 'Payload larger than the policy allows'],
  too_many_descendants: [422, 'Too many executions started by one'],
  policy_executions_limited: [429, 'Too many executions at once for the policy'],
  policy_events_limited: [429, 'Too many events for the policy'],
});
