import type { Db, Queryable } from '../../db/index.ts';
import { notifyJobs } from '../../jobs/index.ts';
import { invalidInput, type Json, newId } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import { type DataSchema, dataIssues } from '../data-schema/data-schema.ts';
import { engineErrors } from '../errors.ts';
import { cancelLocked, findGraph, lockOpen } from '../journal/control.store.ts';
import { ENDED_EXECUTIONS } from '../records/status.ts';
import type { Graph } from '../schemas.ts';
import { findExpected } from '../signals/expected.ts';
import { endingOf, insertSignal } from '../signals/signal.store.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { isReservedSignal } from '../steps/waiting.ts';

/** Steers executions while they run. */
export interface ExecutionControl {
  /**
   * Stops the running steps, starts no more, undoes what has to be undone. Takes effect within a moment, wherever it runs.
   * @throws AppError `execution_not_found`, `execution_ended`, `execution_ending`
   */
  cancel(actor: Pick<Actor, 'tenantId'>, executionId: string): Promise<void>;
  /** The same in the caller's transaction; who calls announces it. */
  cancelWithin(transaction: Queryable, executionId: string): Promise<void>;
  /**
   * Hands data to the step that waits for it, or will wait. Each signal is taken by one step, once.
   * @throws AppError `execution_not_found`, `execution_ended`, `signal_not_expected`, `invalid_input`
   */
  signal(actor: Actor, executionId: string, signal: { name: string; data: Json }): Promise<string>;
  /** The same in the caller's transaction; who calls announces it. */
  signalWithin(
    transaction: Queryable,
    actor: Actor,
    executionId: string,
    signal: { name: string; data: Json },
    pointer?: string,
  ): Promise<string>;
}

export function createExecutionControl(options: {
  db: Db;
  registry: StepRegistry;
  notify(executionIds: readonly string[]): void;
}): ExecutionControl {
  const { db, registry, notify } = options;
  return {
    async cancel(actor, executionId) {
      await db.asTenant(actor.tenantId, (transaction) => cancelWithin(transaction, executionId));
      notify([executionId]);
    },
    cancelWithin,
    async signal(actor, executionId, signal) {
      const id = await db.asTenant(actor.tenantId, (transaction) => signalWithin(transaction, actor, executionId, signal));
      notify([executionId]);
      return id;
    },
    signalWithin,
  };

  async function signalWithin(
    transaction: Queryable,
    actor: Actor,
    executionId: string,
    { name, data }: { name: string; data: Json },
    pointer = '',
  ): Promise<string> {
    const id = newId();
    await requireOpen(transaction, executionId);
    const schema = await requireExpected(transaction, executionId, name);
    const issues = dataIssues(schema, data);
    if (issues.length > 0) throw invalidInput(issues.map((issue) => ({ ...issue, pointer: `${pointer}/data${issue.pointer}` })));
    await insertSignal(transaction, { id, tenantId: actor.tenantId, executionId, name, data, sentBy: actor.id });
    await notifyJobs(transaction, [executionId]);
    return id;
  }

  async function cancelWithin(transaction: Queryable, executionId: string): Promise<void> {
    await requireOpen(transaction, executionId);
    if ((await endingOf(transaction, executionId)) === 'failed')
      throw engineErrors.execution_ending('It has failed, and what it did is being undone: that cannot be cancelled.');
    await cancelLocked(transaction, [executionId]);
  }

  async function requireOpen(transaction: Queryable, executionId: string): Promise<void> {
    const status = await lockOpen(transaction, executionId);
    if (status === undefined) throw engineErrors.execution_not_found('There is no execution with this id.');
    if (ENDED_EXECUTIONS.has(status)) throw engineErrors.execution_ended(`The execution has ended already: it ${status}.`);
  }

  /** The schema that the data has to meet, if there is one. A step that has not been reached yet expects its signal too. */
  async function requireExpected(transaction: Queryable, executionId: string, name: string): Promise<DataSchema | undefined> {
    if (isReservedSignal(name) || (await endingOf(transaction, executionId))) throw notExpected(name);
    const graphOf = async () => (await findGraph(transaction, executionId)) as Graph;
    const expected = await findExpected(transaction, { executionId, registry, name, graphOf });
    if (!expected) throw notExpected(name);
    return expected.schema;
  }
}

function notExpected(name: string) {
  return engineErrors.signal_not_expected(
    `No step of this execution waits for "${name}" any more, and none that is to come names it as it stands.`,
  );
}
