import type { Db, Queryable } from '../../db/index.ts';
import { type DeadJob, JOB_IS_TOLD, JOB_LISTENS, tell } from '../../jobs/index.ts';
import type { Json, JsonObject } from '../../kernel/index.ts';
import type { Ending, ExecutionStatus, Failure, LoadedExecution, StepRecord } from './execution.ts';

/** Type of the event that starts an error workflow; one of ours, since nobody else can send it. */
export const FAILURE_EVENT = 'workflow.failed';

export interface NewExecution {
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly versionId: string;
  readonly eventId: string;
  readonly triggerId: string | null;
  readonly traceId: string;
  /** The execution that waits for it, and the step that does. */
  readonly parentExecutionId?: string | null;
  readonly parentStep?: string | null;
  readonly depth?: number;
  readonly replayOf?: string;
}

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
    depth: execution.depth,
    replay_of: execution.replayOf,
  }));
  await transaction.query(
    `insert into automate.executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, trigger_id, trace_id,
       parent_execution_id, parent_step, depth, replay_of)
     select id, tenant_id, workflow_id, workflow_version, version_id, event_id, trigger_id, trace_id,
       parent_execution_id, parent_step, coalesce(depth, 0), replay_of
     from jsonb_to_recordset($1::jsonb) as row(id uuid, tenant_id uuid, workflow_id uuid, workflow_version int, version_id uuid,
       event_id uuid, trigger_id uuid, trace_id text, parent_execution_id uuid, parent_step text, depth smallint, replay_of uuid)`,
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
       select id, tenant_id, version_id, trace_id, event_id, parent_execution_id, ending, error, depth, status_seq from executions
       where id = any($1) and status in ('queued', 'running', 'waiting'))
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
    statusSeq: row.status_seq,
    event,
  };
}

/** The first steps of each execution, in the order of their last changes. */
export async function firstStepsOf(
  db: Queryable,
  executionIds: readonly string[],
  limit: number,
): Promise<Map<string, StepRow[]>> {
  const { rows } = await db.query<StepRow>(
    `select step.* from unnest($1::uuid[]) as wanted(id)
     cross join lateral (
       -- Named twice, so that other months are left out when it is planned.
       select * from step_runs where execution_id = wanted.id and execution_id = any($1) order by seq limit $2
     ) as step order by step.execution_id, step.seq`,
    [executionIds, limit],
  );
  return Map.groupBy(rows, (row) => row.execution_id);
}

/**
 * What is stored of executions, as far as it takes to go on: without the inputs of what has ended, but for those of loops,
 * which say what they went over, and without what was done in loops that have ended. What is in loops comes without outputs.
 * @param undoable executions of which everything may have to be undone, so that everything is needed
 */
export async function storedSteps(
  db: Queryable,
  executionIds: readonly string[],
  { loopTypes, undoable }: { loopTypes: readonly string[]; undoable: readonly string[] },
): Promise<Map<string, StepRow[]>> {
  const { rows } = await db.query<StepRow>(
    `with over as materialized (
       select execution_id, node_path from step_runs
       where execution_id = any($1) and not execution_id = any($3) and node_type = any($2) and strpos(node_path, '/') = 0
         and status in ('succeeded', 'failed')
     )
     select execution_id, tenant_id, node_path, iteration, seq, node_type, status, route,
       case when status in ('running', 'waiting', 'retrying') or node_type = any($2) then input end as input,
       case when strpos(node_path, '/') = 0 or status <> 'succeeded' or execution_id = any($3) then output end as output,
       error, attempts, resume_at, waits_for, started_at, finished_at
     from step_runs where execution_id = any($1)
       and (strpos(node_path, '/') = 0 or (execution_id, split_part(node_path, '/', 1)) not in (select execution_id, node_path from over))
     order by execution_id, seq`,
    [executionIds, loopTypes, undoable],
  );
  return Map.groupBy(rows, (row) => row.execution_id);
}

/** Outputs of steps, by execution, node path and iteration. */
export async function storedOutputs(
  db: Queryable,
  steps: readonly Pick<StepRow, 'execution_id' | 'node_path' | 'iteration'>[],
): Promise<Map<string, Json>> {
  const { rows } = await db.query<{ key: string; output: Json }>(
    `select concat(execution_id, ' ', node_path, ':', iteration) as key, output from step_runs
     where (execution_id, node_path, iteration) in (select * from unnest($1::uuid[], $2::text[], $3::int[]))
       and execution_id = any($4)`,
    [
      steps.map(({ execution_id }) => execution_id),
      steps.map(({ node_path }) => node_path),
      steps.map(({ iteration }) => iteration),
      [...new Set(steps.map(({ execution_id }) => execution_id))],
    ],
  );
  return new Map(rows.map(({ key, output }) => [key, output]));
}

export interface StepRow {
  execution_id: string;
  tenant_id: string;
  node_path: string;
  iteration: number;
  seq: number;
  node_type: string;
  status: StepRecord['status'];
  route: string | null;
  input: Json;
  output: Json;
  error: Failure | null;
  attempts: number;
  resume_at: string | null;
  waits_for: string | null;
  started_at: string | null;
  finished_at: string | null;
}

/** A stored step as the interpreter works with it. */
export function toRecord(row: StepRow): StepRecord {
  const date = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return {
    executionId: row.execution_id,
    tenantId: row.tenant_id,
    nodePath: row.node_path,
    iteration: row.iteration,
    seq: row.seq,
    nodeType: row.node_type,
    status: row.status,
    route: row.route,
    input: row.input,
    output: row.output,
    error: row.error,
    attempts: row.attempts,
    resumeAt: date(row.resume_at),
    waitsFor: row.waits_for,
    startedAt: date(row.started_at),
    finishedAt: date(row.finished_at),
  };
}

/**
 * Stores steps. A step that has ended is never overwritten: whatever comes later for it is a stray write.
 * @param steps at most one per node path and iteration
 */
export async function upsertSteps(transaction: Queryable, steps: readonly StepRecord[]): Promise<void> {
  if (steps.length === 0) return;
  const column = (pick: (step: StepRecord) => unknown): unknown[] => steps.map(pick);
  const json = (value: Json | Failure): string | null => (value === null ? null : JSON.stringify(value));
  const time = (date: Date | null): string | null => date?.toISOString() ?? null;
  await transaction.query(
    // Arrays by column: this is the busiest statement of all, and taking rows out of JSON costs the server a third more.
    `insert into step_runs (execution_id, tenant_id, node_path, iteration, seq, node_type, status, route, input, output, error,
       attempts, resume_at, waits_for, started_at, finished_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
       $10::jsonb[], $11::jsonb[], $12::int[], $13::timestamptz[], $14::text[], $15::timestamptz[], $16::timestamptz[])
     on conflict (execution_id, node_path, iteration) do update set
       seq = excluded.seq, status = excluded.status, route = excluded.route, input = excluded.input, output = excluded.output,
       error = excluded.error, attempts = excluded.attempts, resume_at = excluded.resume_at,
       waits_for = excluded.waits_for,
       started_at = coalesce(step_runs.started_at, excluded.started_at), finished_at = excluded.finished_at
     where step_runs.status in ('running', 'waiting', 'retrying')`,
    [
      column((step) => step.executionId),
      column((step) => step.tenantId),
      column((step) => step.nodePath),
      column((step) => step.iteration),
      column((step) => step.seq),
      column((step) => step.nodeType),
      column((step) => step.status),
      column((step) => step.route),
      column((step) => json(step.input)),
      column((step) => json(step.output)),
      column((step) => json(step.error)),
      column((step) => step.attempts),
      column((step) => time(step.resumeAt)),
      column((step) => step.waitsFor),
      column((step) => time(step.startedAt)),
      column((step) => time(step.finishedAt)),
    ],
    'steps_upsert',
  );
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
  /** When it was first claimed; without it, what its job says. */
  readonly startedAt?: Date;
}

/**
 * Stores new states of executions. One that has ended stays as it is. The end of one is told, in the same statement, to the
 * execution that waits for it.
 * @returns the ids of the executions that were told something
 */
export async function updateExecutions(transaction: Queryable, changes: readonly ExecutionChange[]): Promise<string[]> {
  if (changes.length === 0) return [];
  const { rows } = await transaction.query<{ id: string }>(
    `with changed as (
       update executions set status = change.status, output = change.output, error = change.error,
         status_seq = case when executions.status = change.status then status_seq else coalesce(change.seq, status_seq) end,
         ending = coalesce(change.ending, executions.ending),
         started_at = coalesce(executions.started_at, change."startedAt", (select started_at from jobs where jobs.id = executions.id)),
         finished_at = case when change.status in ('succeeded', 'failed', 'cancelled') then now() end
       from jsonb_to_recordset($1::jsonb) as change(id uuid, status text, seq int, output jsonb, error jsonb, ending text, "startedAt" timestamptz)
       where executions.id = any($2) and executions.id = change.id and executions.status not in ('succeeded', 'failed', 'cancelled')
       returning executions.id, tenant_id, parent_execution_id as parent, parent_step, executions.status, executions.output, executions.error
     ), ended as (
       select * from changed where parent is not null and status in ('succeeded', 'failed', 'cancelled')
     ), told as (
       insert into signals (id, tenant_id, execution_id, name, data, sent_by)
       select gen_random_uuid(), tenant_id, parent, 'child:' || parent_step,
         jsonb_build_object('execution_id', id, 'status', status, 'output', output, 'error', error), 'execution:' || id
       from ended
     )
     update jobs set ${JOB_IS_TOLD} where id = any(array(select parent from ended)) and ${JOB_LISTENS} returning id`,
    [JSON.stringify(changes), changes.map(({ id }) => id)],
    'executions_update',
  );
  return rows.map(({ id }) => id);
}

/** Lets the executions that these wait for end as cancelled; returns the ids of those that were told. */
export async function cancelChildren(transaction: Queryable, executionIds: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    `update executions set ending = 'cancelled'
     where parent_execution_id = any($1) and status not in ('succeeded', 'failed', 'cancelled') and ending is null returning id`,
    [executionIds],
  );
  return tell(
    transaction,
    rows.map(({ id }) => id),
  );
}

/** The error workflows that are there for these executions. */
export async function findErrorWorkflows(
  db: Queryable,
  executionIds: readonly string[],
): Promise<{ id: string; tenantId: string; traceId: string; isErrorWorkflow: boolean; slug: string }[]> {
  const { rows } = await db.query<{ id: string; tenantId: string; traceId: string; isErrorWorkflow: boolean; slug: string }>(
    `select executions.id, executions.tenant_id as "tenantId", executions.trace_id as "traceId", is_internal and event_type = '${FAILURE_EVENT}' as "isErrorWorkflow",
       settings ->> 'error_workflow' as slug
     from executions join workflow_versions on workflow_versions.id = version_id join events on events.id = event_id
     where executions.id = any($1) and settings ? 'error_workflow'`,
    [executionIds],
  );
  return rows;
}

/** Executions that stand between the event that started this one and the outside. */
export async function hopsOfExecution(transaction: Queryable, executionId: string): Promise<number> {
  const { rows } = await transaction.query<{ hops: number }>(
    'select hops from events where id = (select event_id from executions where id = $1)',
    [executionId],
  );
  return rows[0]?.hops ?? 0;
}

/** What an error workflow is told of an execution that failed. */
export async function findFailed(db: Queryable, executionId: string): Promise<JsonObject | undefined> {
  const { rows } = await db.query<{ failed: JsonObject }>(
    `select jsonb_build_object(
       'execution', jsonb_build_object('id', executions.id, 'status', executions.status, 'error', error,
         'trace_id', executions.trace_id, 'created_at', executions.created_at, 'finished_at', finished_at),
       'workflow', jsonb_build_object('id', workflows.id, 'slug', slug, 'name', name, 'version', executions.workflow_version),
       'event', jsonb_build_object('id', events.id, 'type', event_type, 'source', source, 'payload', payload)) as failed
     from executions join workflows on workflows.id = workflow_id join events on events.id = event_id
     where executions.id = $1`,
    [executionId],
  );
  return rows[0]?.failed;
}

/** Ends the executions whose jobs became dead letters. */
export async function failDeadExecutions(transaction: Queryable, jobs: readonly DeadJob[]): Promise<void> {
  await updateExecutions(
    transaction,
    jobs.map(({ id, error }) => ({ id, status: 'failed', error })),
  );
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

export interface LoadedVersion {
  readonly workflow_id: string;
  readonly slug: string;
  readonly version: number;
  readonly graph: Json;
  readonly settings: Json;
}

export async function loadVersion(db: Db, versionId: string): Promise<LoadedVersion | undefined> {
  const { rows } = await db.query<LoadedVersion>(
    `select workflow_id, slug, version, graph, settings from workflow_versions
     join workflows on workflows.id = workflow_id where workflow_versions.id = $1`,
    [versionId],
  );
  return rows[0];
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
     where id = $1 and status in ('succeeded', 'failed', 'cancelled')`,
    [executionId],
  );
  return rows[0];
}
