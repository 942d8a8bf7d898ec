import type { Slot } from '../../jobs/index.ts';
import type { NewExecution } from '../records/new-execution.ts';
import type { KeyedExecution } from './flow.store.ts';
import type { Admission } from './flow.ts';
import { nameOf } from './names.ts';

/** An execution that is to be queued, and what its workflow's settings say about when. */
export interface Candidate {
  readonly execution: NewExecution;
  readonly admission: Admission;
  /** Of the trigger that starts it. */
  readonly priority?: number;
  readonly hasHistory?: boolean;
}

/** The slot that an execution has to have to run; the oldest event goes first, and a replay stands where it is made. */
export function slotOf({ execution, admission: { concurrency } }: Pick<Candidate, 'execution' | 'admission'>): Slot | undefined {
  if (!concurrency) return undefined;
  const { id, tenantId, workflowId, eventId, replayOf } = execution;
  const owner = concurrency.scope === 'tenant' ? `tenant ${tenantId}` : `workflow ${workflowId}`;
  return { name: nameOf(owner, concurrency.key), capacity: concurrency.limit, since: replayOf ? id : eventId };
}

/** The key under which an execution is started but once. */
export function keyOf({ execution, admission }: Candidate): KeyedExecution | undefined {
  const { id, tenantId, workflowId } = execution;
  if (admission.idempotencyKey === undefined) return undefined;
  return { tenantId, workflowId, executionId: id, key: admission.idempotencyKey };
}
