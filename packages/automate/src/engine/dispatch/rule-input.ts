import type { Candidate } from '../flow/candidate.ts';
import type { KeyedExecution } from '../flow/flow.store.ts';

/** The key under which an execution is started but once. */
export function keyOf({ execution, admission }: Candidate): KeyedExecution | undefined {
  const { id, tenantId, workflowId } = execution;
  if (admission.idempotencyKey === undefined) return undefined;
  return { tenantId, workflowId, executionId: id, key: admission.idempotencyKey };
}
