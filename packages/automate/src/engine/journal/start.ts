import type { Queryable } from '../../db/index.ts';
import { errorMessage, type Json } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import { insertHandledEvents } from '../events/event.store.ts';
import { admit } from '../flow/admit.ts';
import { findSkipped, skippedBecause } from '../flow/concurrency.ts';
import { type Admission, compileFlow } from '../flow/flow.ts';
import type { NewExecution } from '../records/new-execution.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { insertExecutions } from './execution.store.ts';

/** An execution that is not started by a trigger: it brings its own event, which triggers nothing. */
interface OwnExecution extends NewExecution {
  readonly eventType: string;
  readonly source: string;
  readonly payload: Json;
  /** Of its event: executions that stand between it and the outside. Default 0. */
  readonly hops?: number;
  /** Whether its event is stored already, as that of a replay is. */
  readonly hasEvent?: boolean;
  /** Whether steps of it are stored already. */
  readonly hasHistory?: boolean;
}

export interface StartRequest extends OwnExecution {
  /** Of the version it runs. */
  readonly settings: WorkflowSettings;
}

/** One that is ready to be stored: what its workflow's settings say about when it may run is known, and can fail no more. */
export interface StartedExecution extends OwnExecution {
  readonly admission: Admission;
}

/**
 * Works out when an execution may run, which its input can make impossible. To be done before anything is stored, so that it is the
 * fault of who starts it and nobody else's. Who starts an execution by hand, or from another one, waits in turn with the others; only
 * events are gathered.
 * @throws AppError `admission_failed`
 */
export function prepareStart({ settings, ...execution }: StartRequest): StartedExecution {
  const { eventId: id, eventType: type, source, payload } = execution;
  try {
    const admission = compileFlow(settings)({ id, type, source, payload, occurred_at: new Date().toISOString() });
    return { ...execution, admission };
  } catch (cause) {
    const detail = `The settings of the workflow that say when it starts cannot be applied to this input: ${errorMessage(cause)}`;
    throw engineErrors.admission_failed(detail, { cause });
  }
}

/** @throws AppError `execution_skipped` when as many run as may, and its workflow says that one more is not started */
export async function requireUnskipped(transaction: Queryable, execution: StartedExecution): Promise<void> {
  const candidate = { execution, admission: execution.admission };
  if ((await findSkipped(transaction, [candidate])).size > 0) throw engineErrors.execution_skipped(skippedBecause(candidate));
}

/** Stores executions with their events and queues them, in the caller's transaction. */
export async function startExecutions(transaction: Queryable, executions: readonly StartedExecution[]): Promise<void> {
  if (executions.length === 0) return;
  await insertHandledEvents(
    transaction,
    executions
      .filter(({ hasEvent }) => !hasEvent)
      .map(({ eventId, tenantId, payload, traceId, eventType, source, hops = 0 }) => ({
        hops,
        id: eventId,
        tenantId,
        traceId,
        payload,
        eventType,
        source,
        idempotencyKey: null,
        occurredAt: null,
      })),
  );
  await insertExecutions(transaction, executions);
  await admit(
    transaction,
    executions.map(({ admission, hasHistory = false, ...execution }) => ({ execution, admission, hasHistory })),
  );
}
