import { type Queryable, sqlIn } from '../../db/index.ts';
import { type DeadJob, notifyJobsSql } from '../../jobs/index.ts';
import type { Json, JsonObject } from '../../kernel/index.ts';
import type { Ending, Failure, LoadedExecution } from '../records/execution.ts';
import type { NewExecution } from '../records/new-execution.ts';
import { type ExecutionStatus, endedExecutions, openExecutions } from '../records/status.ts';
import { FAILURE_EVENT } from './error-workflow.store.ts';

const OPEN = sqlIn(openExecutions);
const ENDED = sqlIn(endedExecutions);
const NOTIFY_PARENTS = notifyJobsSql('array(select parent from ended)');

/** Stores executions that are about to be queued. */
export async function insertExecutions(transaction: Queryable, executions: readonly NewExecution[]): Promise<void> {
  if (executions.length === 0) return;
  const rows = executions.map((execution) => ({
    id: execution.id,
    tenant_id: execution.tenantId,
    workflow_id: execution.workflowId,
    workflow_version: execution.workflowVersion,
    version_id: execution.versionId,
    event_id: execution.eventId,
    trigger_id: execution.triggerId,
    trace_id: execution.traceId,
    parent_execution_id: execution.parentExecutionId,
    parent_step: execution.parentStep,
    outlives_parent: execution.outlivesParent ?? false,
    depth: execution.depth,
    replay_of: execution.replayOf,
    root_execution_id: execution.rootId,
    execution_key: execution.key,
  }));
  await transaction.query(
    `insert into automate.executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, trigger_id, trace_id,
       parent_execution_id, parent_step, outlives_parent, depth, replay_of, root_execution_id, execution_key)
     select id, tenant_id, workflow_id, workflow_version, version_id, event_id, trigger_id, trace_id,
       parent_execution_id, parent_step, outlives_parent, coalesce(depth, 0), replay_of, root_execution_id, execution_key
     from jsonb_to_recordset($1::jsonb) as row(id uuid, tenant_id uuid, workflow_id uuid, workflow_version int, version_id uuid,
       event_id uuid, trigger_id uuid, trace_id text, parent_execution_id uuid, parent_step text, outlives_parent boolean,
       depth smallint, replay_of uuid, root_execution_id uuid, execution_key text)`,
    [JSON.stringify(rows)],
    'executions_insert',
  );
}

/** What is needed to run executions; those that have ended are left out. */
export async function loadExecutions(
  db: Queryable,
  jobs: readonly { readonly id: string; readonly startedAt: Date }[],
): Promise<Map<string, LoadedExecution>> {
  const { rows } = await db.query<LoadedRow>(
    `with found as materialized (
       select id, tenant_id, version_id, trace_id, event_id, ending,
         case when parent_step is not null then parent_execution_id end as parent_execution_id, error, depth, root_execution_id,
         status_seq from executions
       where id = any($1) and status ${OPEN})
     select found.*, event_type, source, payload, occurred_at, hops, is_internal
     from found join events on events.id = found.event_id and events.id = any(array(select event_id from found))`,
    [jobs.map(({ id }) => id)],
    'executions_load',
  );
  const started = new Map(jobs.map(({ id, startedAt }) => [id, startedAt]));
  return new Map(rows.map((row) => [row.id, toLoaded(row, started.get(row.id) as Date)]));
}

interface LoadedRow {
  id: string;
  tenant_id: string;
  version_id: string;
  trace_id: string;
  event_id: string;
  parent_execution_id: string | null;
  ending: Ending | null;
  error: Failure | null;
  depth: number;
  root_execution_id: string | null;
  status_seq: number;
  event_type: string;
  source: string;
  payload: Json;
  occurred_at: string;
  hops: number;
  is_internal: boolean;
}

function toLoaded(row: LoadedRow, startedAt: Date): LoadedExecution {
  const event: JsonObject = {
    id: row.event_id,
    type: row.event_type,
    source: row.source,
    payload: row.payload,
    occurred_at: row.occurred_at,
  };
  return {
    id: row.id,
    tenantId: row.tenant_id,
    versionId: row.version_id,
    traceId: row.trace_id,
    parentId: row.parent_execution_id,
    ending: row.ending ?? undefined,
    error: row.error,
    startedAt,
    hops: row.hops,
    isErrorWorkflow: row.is_internal && row.event_type === FAILURE_EVENT,
    depth: row.depth,
    rootId: row.root_execution_id ?? row.id,
    statusSeq: row.status_seq,
    event,
  };
}

export interface ExecutionChange {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** Position of this status among the changes of the execution; none for an end, which is the last of them. */
  readonly seq?: number;
  readonly output?: Json;
  readonly error?: Failure | null;
  /** It goes on to end this way. */
  readonly ending?: Ending | undefined;
  /** When it was first claimed; without it, the time that is stored stays. */
  readonly startedAt?: Date;
}

/**
 * Stores new states of executions. One that has ended stays as it is. The end of one is sent, in the same statement, to the
 * execution that waits for it.
 * @returns the ids of the executions that were notified
 */
export async function updateExecutions(transaction: Queryable, changes: readonly ExecutionChange[]): Promise<string[]> {
  if (changes.length === 0) return [];
  const { rows } = await transaction.query<{ id: string }>(
    `with changed as (
       update executions set status = change.status, output = change.output, error = change.error,
         status_seq = case when executions.status = change.status then status_seq else coalesce(change.seq, status_seq) end,
         ending = coalesce(executions.ending, change.ending),
         started_at = coalesce(executions.started_at, change."startedAt"),
         finished_at = case when change.status ${ENDED} then now() end
       from jsonb_to_recordset($1::jsonb) as change(id uuid, status text, seq int, output jsonb, error jsonb, ending text, "startedAt" timestamptz)
       where executions.id = any($2) and executions.id = change.id and executions.status ${OPEN}
       returning executions.id, tenant_id, parent_execution_id as parent, parent_step, executions.status, executions.output, executions.error
     ), ended as (
       select * from changed where parent_step is not null and status ${ENDED}
     ), sent as (
       insert into signals (id, tenant_id, execution_id, name, data, sent_by)
       select gen_random_uuid(), tenant_id, parent, 'child:' || parent_step,
         jsonb_build_object('execution_id', id, 'status', status, 'output', output, 'error', error), 'execution:' || id
       from ended
     )
     ${NOTIFY_PARENTS}`,
    [JSON.stringify(changes), changes.map(({ id }) => id)],
    'executions_update',
  );
  return rows.map(({ id }) => id);
}

/** Ends the executions whose jobs became dead letters. */
export async function failDeadExecutions(transaction: Queryable, jobs: readonly DeadJob[]): Promise<void> {
  await updateExecutions(
    transaction,
    jobs.map(({ id, error, startedAt }) => ({ id, status: 'failed', error, startedAt })),
  );
}

export interface ExecutionEnd {
  readonly id: string;
  readonly status: string;
  readonly output: Json;
  readonly error: Failure | null;
  readonly finished_at: string;
}

/** How an execution has ended; undefined as long as it has not. */
export async function endOf(transaction: Queryable, executionId: string): Promise<ExecutionEnd | undefined> {
  const { rows } = await transaction.query<ExecutionEnd>(
    `select id, status, output, error, finished_at from executions
     where id = $1 and status ${ENDED}`,
    [executionId],
  );
  return rows[0];
}

/**
 * Takes back that executions were given up; one that was on its way to its end goes on with that. The number behind the last
 * change was that of the end.
 */
export async function reopenExecutions(transaction: Queryable, executionIds: readonly string[]): Promise<void> {
  await transaction.query(
    `update executions set status = 'queued', error = case when ending is null then null else error end, finished_at = null,
       status_seq = 2 + greatest(status_seq,
         (select max(seq) from step_runs where execution_id = executions.id and execution_id = any($1)))
     where id = any($1) and status = 'failed'`,
    [executionIds],
  );
}
