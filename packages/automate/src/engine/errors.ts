import { defineErrors } from '../kernel/index.ts';

export const engineErrors = defineErrors({
  tenant_not_found: [404, 'Tenant not found'],
  workflow_not_found: [404, 'Workflow not found'],
  workflow_version_not_found: [404, 'Workflow version not found'],
  workflow_archived: [409, 'Workflow is archived'],
  slug_taken: [409, 'Slug is taken'],
  execution_not_found: [404, 'Execution not found'],
  execution_ended: [409, 'Execution has ended'],
  execution_running: [409, 'Execution is still running'],
  event_gone: [409, 'Event is not kept any more'],
  no_failed_step: [409, 'No step has failed'],
  signal_not_expected: [409, 'Signal not expected'],
  approval_not_found: [404, 'Approval not found'],
  already_decided: [409, 'Already decided'],
  event_not_found: [404, 'Event not found'],
  reserved_event_type: [400, 'Event type is reserved'],
  code_unavailable: [503, 'Code cannot be checked'],
});
