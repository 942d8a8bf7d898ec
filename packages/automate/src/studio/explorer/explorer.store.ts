import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';

/** Most nodes, and most children and replays, that are told of. */
const MAXIMUM_NODES = 5_000;
const MAXIMUM_LINKS = 50;

export interface ExplorerRow {
  readonly id: string;
  readonly status: string;
  readonly finished_at: string | null;
  readonly output: Json;
  readonly error: Json;
  readonly event_id: string;
  readonly trace_id: string;
  readonly replay_of: string | null;
  readonly parent_execution_id: string | null;
  readonly parent_step: string | null;
  /** Number of the latest change. */
  readonly last_seq: number;
  /** Null when the workflow is gone. */
  readonly workflow: (Record<string, Json> & { readonly id: string; readonly slug: string; readonly name: string }) | null;
  readonly graph: Json;
  readonly event: (Record<string, Json> & { readonly payload: Json }) | null;
}

/** An execution with its version and what has started it. Whoever follows it from `last_seq` misses nothing. */
export async function findExplored(transaction: Queryable, id: string): Promise<ExplorerRow | undefined> {
  const { rows } = await transaction.query<ExplorerRow>(
    `select executions.*, graph,
       greatest(status_seq, (select max(seq) from step_runs where execution_id = $1)) as last_seq,
       (select jsonb_build_object('id', workflows.id, 'slug', slug, 'name', name, 'published_version', workflows.workflow_version,
          'latest_version', latest_version, 'is_archived', archived_at is not null)
        from workflows where workflows.id = executions.workflow_id) as workflow,
       (select jsonb_build_object('id', events.id, 'event_type', event_type, 'source', source, 'payload', payload)
        from events where events.id = executions.event_id) as event
     from executions left join workflow_versions on workflow_versions.id = version_id where executions.id = $1`,
    [id],
  );
  return rows[0];
}

export interface NodeRow {
  readonly path: string;
  readonly type: string;
  readonly status: string;
  readonly count: number;
  readonly attempts: number;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

/** How many steps of each node stand how, the turns of loops taken together. */
export async function nodesOf(transaction: Queryable, id: string): Promise<NodeRow[]> {
  const { rows } = await transaction.query<NodeRow>(
    `select path, max(node_type) as type, status, count(*)::int as count, max(attempts)::int as attempts,
       min(started_at) as started_at, max(finished_at) as finished_at
     from (select *, regexp_replace(node_path, ':\\d+(?=/|$)', '', 'g') as path from step_runs where execution_id = $1) as steps
     group by path, status order by path, status limit $2`,
    [id, MAXIMUM_NODES],
  );
  return rows;
}

export interface LinkRow {
  readonly id: string;
  readonly workflow_name: string | null;
  readonly status: string;
  readonly created_at: string;
}

/** Executions that this one has started, or that are replays of it; the first of them. */
export async function linkedTo(
  transaction: Queryable,
  column: 'parent_execution_id' | 'replay_of',
  id: string,
): Promise<LinkRow[]> {
  const { rows } = await transaction.query<LinkRow>(
    `select executions.id, workflows.name as workflow_name, status, executions.created_at
     from executions left join workflows on workflows.id = workflow_id
     where ${column} = $1 order by executions.id limit $2`,
    [id, MAXIMUM_LINKS],
  );
  return rows;
}
