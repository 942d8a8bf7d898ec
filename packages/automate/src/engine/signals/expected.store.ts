import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';

/** Signals of this name that no step has taken yet. */
export async function countUntaken(transaction: Queryable, executionId: string, name: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*)::int as count from signals where execution_id = $1 and name = $2 and taken_by is null',
    [executionId, name],
  );
  return Number(rows[0]?.count);
}

const IS_WAITING = `execution_id = $1 and status = 'waiting' and waits_for = $2`;

/** The step that waits for a signal of this name, behind as many others that do. */
export async function findWaiting(
  transaction: Queryable,
  { executionId, name, skip }: { executionId: string; name: string; skip: number },
): Promise<{ input: Json } | undefined> {
  const { rows } = await transaction.query<{ input: Json }>(
    `select input from step_runs where ${IS_WAITING} order by seq limit 1 offset $3`,
    [executionId, name, skip],
  );
  return rows[0];
}

export async function countWaiting(transaction: Queryable, executionId: string, name: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*)::int as count from step_runs where ${IS_WAITING}`,
    [executionId, name],
  );
  return Number(rows[0]?.count);
}

/** How steps of the execution's own graph stand; of loops, how many items they go over. */
export async function topSteps(
  transaction: Queryable,
  executionId: string,
  nodes: readonly string[],
): Promise<Map<string, { readonly status: string; readonly items: number | null }>> {
  const { rows } = await transaction.query<{ node: string; status: string; items: number | null }>(
    `select node_path as node, status,
       case when jsonb_typeof(input -> 'items') = 'array' then jsonb_array_length(input -> 'items') end as items
     from step_runs where execution_id = $1 and node_path = any($2)`,
    [executionId, nodes],
  );
  return new Map(rows.map(({ node, ...step }) => [node, step]));
}

/** How often a step in a loop has begun to wait, or ended. */
export async function countEnded(transaction: Queryable, executionId: string, path: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*)::int as count from step_runs
     where execution_id = $1 and node_path = $2 and status not in ('running', 'retrying')`,
    [executionId, path],
  );
  return Number(rows[0]?.count);
}
