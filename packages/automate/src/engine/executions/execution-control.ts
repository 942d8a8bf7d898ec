import type { Db, Queryable } from '../../db/index.ts';
import { tell, unblock } from '../../jobs/index.ts';
import { invalidInput, type Json, newId } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { stepsIn } from '../graph/body.ts';
import type { Graph } from '../schemas.ts';
import { type DataSchema, dataIssues } from '../signals/data-schema.ts';
import { insertSignal } from '../signals/signal.store.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { isReservedSignal } from '../steps/waiting.ts';
import { findGraph, findWaiting, lockOpen, requestEnding } from './control.store.ts';

/** Steers executions while they run. */
export interface ExecutionControl {
  /**
   * Stops the running steps, starts no more, undoes what has to be undone. Takes effect within a moment, wherever it runs.
   * @throws AppError `execution_not_found`, `execution_ended`
   */
  cancel(actor: Pick<Actor, 'tenantId'>, executionId: string): Promise<void>;
  /** The same in the caller's transaction; who calls announces it. */
  cancelWithin(transaction: Queryable, executionId: string): Promise<void>;
  /**
   * Hands data to the step that waits for it, or will wait. Each signal is taken by one step, once.
   * @throws AppError `execution_not_found`, `execution_ended`, `signal_not_expected`, `invalid_input`
   */
  signal(actor: Actor, executionId: string, signal: { name: string; data: Json }): Promise<string>;
}

export function createExecutionControl(options: {
  db: Db;
  registry: StepRegistry;
  onTold(executionIds: readonly string[]): void;
}): ExecutionControl {
  const { db, registry, onTold } = options;
  return {
    async cancel(actor, executionId) {
      await db.asTenant(actor.tenantId, (transaction) => cancelWithin(transaction, executionId));
      onTold([executionId]);
    },
    cancelWithin,
    async signal(actor, executionId, { name, data }) {
      const id = newId();
      await db.asTenant(actor.tenantId, async (transaction) => {
        await requireOpen(transaction, executionId);
        const schema = await requireExpected(transaction, executionId, name);
        const issues = dataIssues(schema, data);
        if (issues.length > 0) throw invalidInput(issues.map((issue) => ({ ...issue, pointer: `/data${issue.pointer}` })));
        await insertSignal(transaction, { id, tenantId: actor.tenantId, executionId, name, data, sentBy: actor.id });
        await tell(transaction, [executionId]);
      });
      onTold([executionId]);
      return id;
    },
  };

  async function cancelWithin(transaction: Queryable, executionId: string): Promise<void> {
    await requireOpen(transaction, executionId);
    await requestEnding(transaction, executionId, 'cancelled');
    await unblock(transaction, [executionId]);
    await tell(transaction, [executionId]);
  }

  async function requireOpen(transaction: Queryable, executionId: string): Promise<void> {
    const status = await lockOpen(transaction, executionId);
    if (status === undefined) throw engineErrors.execution_not_found('There is no execution with this id.');
    if (ENDED.has(status)) throw engineErrors.execution_ended(`The execution has ended already: it ${status}.`);
  }

  /** The schema that the data has to meet, if there is one. A step that has not been reached yet expects its signal too. */
  async function requireExpected(transaction: Queryable, executionId: string, name: string): Promise<DataSchema | undefined> {
    if (isReservedSignal(name)) throw notExpected(name);
    const waiting = await findWaiting(transaction, executionId, name);
    if (waiting) return (waiting.input as { schema?: DataSchema }).schema;
    const graph = (await findGraph(transaction, executionId)) as Graph;
    for (const { step } of stepsIn(graph, registry)) {
      const config = step.config as { name?: Json; schema?: DataSchema } | undefined;
      if (step.type === 'core.wait_for_signal' && config?.name === name) return config.schema;
    }
    throw notExpected(name);
  }
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

function notExpected(name: string) {
  return engineErrors.signal_not_expected(
    `No step of this execution waits for "${name}", and none that is to come names it as it stands.`,
  );
}
