import { type Queryable, sqlIn } from '../../db/index.ts';
import { forgetUnfinished, itemAt } from '../journal/items.store.ts';
import { STEP_COLUMNS } from '../journal/step-rows.store.ts';
import { openSteps } from '../records/status.ts';

/** Of the loop `$2`. */
const ITEM = itemAt('length($2::text) + 1');

/** How the items of a loop ended; undefined when it never went over any. */
export async function findItems(
  transaction: Queryable,
  executionId: string,
  node: string,
): Promise<{ readonly status: string; readonly failed: number[]; readonly undone: number[] } | undefined> {
  const { rows } = await transaction.query<{ status: string; failed: number[]; undone: number[] }>(
    `with items as materialized (
       select ${ITEM} as item, strpos(substr(node_path, length($2::text) + 2), '/') = 0 as is_own, node_path, status, route
       from step_runs where execution_id = $1 and starts_with(node_path, $2 || '/')
     )
     select status,
       array(select distinct item from items where is_own and node_path not like '%#undo' and (items.status = 'failed' and route is null
         or items.status ${sqlIn([...openSteps, 'cancelled'])} and loop.status <> 'succeeded')) as failed,
       array(select distinct item from items where node_path like '%#undo' and items.status = 'succeeded') as undone
     from step_runs as loop where execution_id = $1 and node_path = $2 and input is not null`,
    [executionId, node],
  );
  return rows[0];
}

/** Copies a loop to another execution, where it goes on with the items that did not succeed. */
export async function copyLoop(
  transaction: Queryable,
  {
    from,
    to,
    node,
    failed,
    undone,
    limitMs,
  }: {
    readonly from: string;
    readonly to: string;
    readonly node: string;
    readonly failed: readonly number[];
    /** Items that begin anew. */
    readonly undone: readonly number[];
    readonly limitMs: number | undefined;
  },
): Promise<void> {
  await transaction.query(
    // Without its output, it weighs what its input does.
    `insert into step_runs (execution_id, tenant_id, node_path, iteration, seq, node_type, status, input, bytes, attempts, started_at, resume_at)
     select $3, tenant_id, node_path, iteration, seq, node_type, 'running', input, least(bytes, octet_length(input::text)), 1, now(),
       now() + $4 * interval '1 millisecond'
     from step_runs where execution_id = $1 and node_path = $2`,
    [from, node, to, limitMs ?? null],
  );
  await transaction.query(
    `insert into step_runs (execution_id, ${STEP_COLUMNS}) select $3, ${STEP_COLUMNS}
     from step_runs where execution_id = $1 and starts_with(node_path, $2 || '/') and node_path not like '%#undo'
       and not (${ITEM}) = any($4::int[])`,
    [from, node, to, undone],
  );
  await forgetUnfinished(transaction, [{ executionId: to, prefix: `${node}/`, iterations: failed }]);
}
