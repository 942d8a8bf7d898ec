import { type Queryable, sqlIn } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import type { Failure, StepRecord } from '../records/execution.ts';
import { endedSteps, openSteps } from '../records/status.ts';

/** All columns of a step but that of its execution, for whoever writes or copies whole steps. */
export const STEP_COLUMNS = `tenant_id, node_path, iteration, seq, node_type, status, route, input, output, error, attempts, resume_at, waits_for,
  started_at, finished_at, bytes, seen`;

const OPEN = sqlIn(openSteps);

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
         and status ${sqlIn(endedSteps)}
     )
     select execution_id, tenant_id, node_path, iteration, seq, node_type, status, route, bytes, seen,
       case when status ${OPEN} or node_type = any($2) then input end as input,
       case when strpos(node_path, '/') = 0 or status <> 'succeeded' or execution_id = any($3) then output end as output,
       error, attempts, resume_at, waits_for, started_at, finished_at
     from step_runs where execution_id = any($1)
       and (strpos(node_path, '/') = 0 or (execution_id, split_part(node_path, '/', 1)) not in (select execution_id, node_path from over))
     order by execution_id, seq`,
    [executionIds, loopTypes, undoable],
  );
  return Map.groupBy(rows, (row) => row.execution_id);
}

/** About how many bytes the inputs and outputs of executions take, as far as they have steps. */
export async function storedBytes(db: Queryable, executionIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; bytes: number }>(
    `select execution_id as id, sum(bytes)::float8 as bytes from step_runs where execution_id = any($1) group by execution_id`,
    [executionIds],
    'steps_bytes',
  );
  return new Map(rows.map(({ id, bytes }) => [id, bytes]));
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
  bytes: number;
  seen: string | null;
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
    bytes: row.bytes,
    seen: row.seen,
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
    `insert into step_runs (execution_id, ${STEP_COLUMNS})
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
       $10::jsonb[], $11::jsonb[], $12::int[], $13::timestamptz[], $14::text[], $15::timestamptz[], $16::timestamptz[], $17::int[], $18::text[])
     on conflict (execution_id, node_path, iteration) do update set
       seq = excluded.seq, status = excluded.status, route = excluded.route, input = excluded.input, output = excluded.output,
       error = excluded.error, attempts = excluded.attempts, resume_at = excluded.resume_at,
       waits_for = excluded.waits_for, bytes = excluded.bytes, seen = excluded.seen,
       started_at = coalesce(step_runs.started_at, excluded.started_at), finished_at = excluded.finished_at
     where step_runs.status ${OPEN}`,
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
      column((step) => step.bytes),
      column((step) => step.seen),
    ],
    'steps_upsert',
  );
}
