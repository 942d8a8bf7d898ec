import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import { insertHandledEvents } from '../events/event.store.ts';
import { admit } from '../flow/admit.ts';
import { type Admission, compileFlow } from '../flow/flow.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { insertExecutions, type NewExecution } from './execution.store.ts';

/** An execution that is not started by a trigger: it brings its own event, which triggers nothing. */
export interface StartedExecution extends NewExecution {
  readonly eventType: string;
  readonly source: string;
  readonly payload: Json;
  /** Of its event: executions that stand between it and the outside. Default 0. */
  readonly hops?: number;
  /** Of the version it runs. */
  readonly settings: WorkflowSettings;
  /** Whether its event is stored already, as that of a replay is. */
  readonly hasEvent?: boolean;
  /** Whether steps of it are stored already. */
  readonly hasHistory?: boolean;
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
    executions.map((execution) => ({ execution, admission: admissionOf(execution), hasHistory: execution.hasHistory ?? false })),
  );
}

/** Who starts an execution by hand, or from another one, waits in turn with the others; only events are gathered. */
function admissionOf({ settings, ...execution }: StartedExecution): Admission {
  const { eventId: id, eventType: type, source, payload } = execution;
  return compileFlow(settings)({ id, type, source, payload, occurred_at: new Date().toISOString() });
}
