import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import type { Ending, Signal } from '../records/execution.ts';

export interface NewSignal {
  readonly id: string;
  readonly tenantId: string;
  readonly executionId: string;
  readonly name: string;
  readonly data: Json;
  readonly sentBy: string;
}

export function insertSignal(transaction: Queryable, signal: NewSignal): Promise<void> {
  return insertSignals(transaction, [signal]);
}

export async function insertSignals(transaction: Queryable, signals: readonly NewSignal[]): Promise<void> {
  if (signals.length === 0) return;
  const column = (pick: (signal: NewSignal) => string): string[] => signals.map(pick);
  await transaction.query(
    `insert into signals (id, tenant_id, execution_id, name, data, sent_by)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::jsonb[], $6::text[])`,
    [
      column(({ id }) => id),
      column(({ tenantId }) => tenantId),
      column(({ executionId }) => executionId),
      column(({ name }) => name),
      column(({ data }) => JSON.stringify(data)),
      column(({ sentBy }) => sentBy),
    ],
  );
}

/** What no step has taken yet, by execution, the oldest first. */
export async function openSignals(transaction: Queryable, executionIds: readonly string[]): Promise<Map<string, Signal[]>> {
  const { rows } = await transaction.query<{ id: string; execution_id: string; name: string; data: Json }>(
    `select id, execution_id, name, data from signals where execution_id = any($1) and taken_by is null
     order by execution_id, created_at, id`,
    [executionIds],
  );
  const signals = rows.map(({ id, execution_id, name, data }) => ({ id, executionId: execution_id, name, data }));
  return Map.groupBy(signals, ({ executionId }) => executionId);
}

/** Notes which step has taken a signal: no other will. */
export async function takeSignals(
  transaction: Queryable,
  taken: readonly { readonly signalId: string; readonly by: string }[],
): Promise<void> {
  if (taken.length === 0) return;
  await transaction.query(
    'update signals set taken_by = taken.step from unnest($1::uuid[], $2::text[]) as taken(signal, step) where id = signal',
    [taken.map(({ signalId }) => signalId), taken.map(({ by }) => by)],
  );
}

/** How an execution is to end, if somebody said so. */
export async function endingOf(db: Queryable, executionId: string): Promise<Ending | undefined> {
  const { rows } = await db.query<{ ending: Ending | null }>('select ending from executions where id = $1', [executionId]);
  return rows[0]?.ending ?? undefined;
}
