import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';

const IS_UNTAKEN = 'execution_id = $1 and name = $2 and taken_by is null';
const IS_WAITING = `execution_id = $1 and status = 'waiting' and waits_for = $2`;

/** The step that waits for a signal of this name, behind as many others that do as there are signals that no step has taken yet. */
export async function findWaiting(
  transaction: Queryable,
  { executionId, name }: { executionId: string; name: string },
): Promise<{ input: Json } | undefined> {
  const { rows } = await transaction.query<{ input: Json }>(
    `select input from step_runs where ${IS_WAITING} order by seq limit 1 offset (select count(*) from signals where ${IS_UNTAKEN})`,
    [executionId, name],
  );
  return rows[0];
}

/** How an execution and the signals of a name stand, all of it at one moment: its steps go on meanwhile. */
export interface Stand {
  /** Signals that no step has taken yet. */
  readonly untaken: number;
  /** Steps that wait for one. */
  readonly waiting: number;
  /** Steps of the execution's own graph, by node; of loops, how many items they go over. */
  readonly tops: Readonly<Record<string, { readonly status: string; readonly items: number | null }>>;
  /** How often a step in a loop has begun to wait, or ended, by its path. */
  readonly ended: Readonly<Record<string, number>>;
}

/**
 * @param of.nodes of the execution's own graph
 * @param of.paths of steps in loops
 */
export async function standOf(
  transaction: Queryable,
  of: { executionId: string; name: string; nodes: readonly string[]; paths: readonly string[] },
): Promise<Stand> {
  const { rows } = await transaction.query<Stand>(
    `select (select count(*)::int from signals where ${IS_UNTAKEN}) as untaken,
       (select count(*)::int from step_runs where ${IS_WAITING}) as waiting,
       (select coalesce(jsonb_object_agg(node_path, jsonb_build_object('status', status, 'items',
          case when jsonb_typeof(input -> 'items') = 'array' then jsonb_array_length(input -> 'items') end)), '{}')
        from step_runs where execution_id = $1 and node_path = any($3)) as tops,
       (select coalesce(jsonb_object_agg(node_path, count), '{}') from (
          select node_path, count(*)::int as count from step_runs
          where execution_id = $1 and node_path = any($4) and status not in ('running', 'retrying') group by node_path) as step) as ended`,
    [of.executionId, of.name, of.nodes, of.paths],
  );
  return rows[0] as Stand;
}
