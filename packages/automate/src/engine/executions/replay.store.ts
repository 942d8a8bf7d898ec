import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import { STEP_COLUMNS } from '../journal/step-rows.store.ts';
import type { Failure } from '../records/execution.ts';
import type { ExecutionStatus } from '../records/status.ts';

export interface Replayable {
  readonly status: ExecutionStatus;
  readonly error: Failure | null;
  readonly workflow_id: string;
  readonly workflow_version: number;
  readonly published_version: number;
  readonly latest_version: number;
  readonly archived_at: string | null;
  readonly trigger_id: string | null;
  readonly depth: number;
  readonly event_id: string;
  /** Null when the event is not kept any more. */
  readonly event_type: string | null;
  readonly source: string | null;
  readonly payload: Json;
}

/** What a replay needs of an execution. */
export async function findReplayable(transaction: Queryable, executionId: string): Promise<Replayable | undefined> {
  const { rows } = await transaction.query<Replayable>(
    `select status, error, workflow_id, executions.workflow_version, workflows.workflow_version as published_version,
       latest_version, archived_at, trigger_id, depth, event_id, event_type, source, payload
     from executions join workflows on workflows.id = workflow_id left join events on events.id = event_id
     where executions.id = $1`,
    [executionId],
  );
  return rows[0];
}

/** The ends of the steps of an execution's own graph, without those of loops and of what was undone. */
export interface StepEnd {
  readonly node: string;
  readonly type: string;
  readonly status: 'succeeded' | 'failed';
  readonly route: string | null;
}

/** Steps that succeeded, and those whose failure led on, in the order of their ends. */
export async function findEnds(transaction: Queryable, executionId: string): Promise<StepEnd[]> {
  const { rows } = await transaction.query<StepEnd>(
    `select node_path as node, node_type as type, status, route from step_runs
     where execution_id = $1 and strpos(node_path, '/') = 0 and node_path not like '%#undo'
       and (status = 'succeeded' or status = 'failed' and route is not null) order by seq`,
    [executionId],
  );
  return rows;
}

/** Nodes of an execution's own graph that were undone, and loops in which something was. */
export async function findUndone(transaction: Queryable, executionId: string): Promise<string[]> {
  const { rows } = await transaction.query<{ node: string }>(
    `select distinct split_part(regexp_replace(node_path, '#undo$', ''), '/', 1) as node from step_runs
     where execution_id = $1 and node_path like '%#undo' and status = 'succeeded'`,
    [executionId],
  );
  return rows.map(({ node }) => node);
}

/** Copies the steps of these nodes, with all that was done in their loops, to another execution. */
export async function copySteps(
  transaction: Queryable,
  { from, to, nodes }: { from: string; to: string; nodes: readonly string[] },
): Promise<void> {
  await transaction.query(
    `insert into step_runs (execution_id, ${STEP_COLUMNS}) select $2, ${STEP_COLUMNS} from step_runs
     where execution_id = $1 and split_part(node_path, '/', 1) = any($3) and node_path not like '%#undo'`,
    [from, to, nodes],
  );
}
