import type { Queryable } from '../../db/index.ts';
import type { JsonObject } from '../../kernel/index.ts';
import type { JobState, Lease } from '../job.ts';
import type { JobUpdate } from '../schemas.ts';
import { fillSlots } from './slots.store.ts';

/** Stores how far a job is, as long as its lease holds. */
export async function storeProgress(db: Queryable, { jobId, epoch, owner }: Lease, progress: JsonObject): Promise<void> {
  await db.query(
    `update jobs set progress = $4, progress_count = progress_count + 1 where id = $1 and epoch = $2 and lease_owner = $3 and state = 'running'`,
    [jobId, epoch, owner, JSON.stringify(progress)],
  );
}

export interface LockedJob {
  readonly kind: string;
  readonly state: JobState;
  readonly slot: string | null;
}

/** What kind of job it is; empty for none. */
export async function kindOf(transaction: Queryable, jobId: string): Promise<string> {
  const { rows } = await transaction.query<{ kind: string }>('select kind from jobs where id = $1', [jobId]);
  return rows[0]?.kind ?? '';
}

/** A job, locked until the transaction ends. */
export async function lockJob(transaction: Queryable, jobId: string): Promise<LockedJob | undefined> {
  const { rows } = await transaction.query<LockedJob>('select kind, state, slot from jobs where id = $1 for no key update', [
    jobId,
  ]);
  return rows[0];
}

/** Ends a locked job that no worker has, or asks the worker that has it to. */
export async function cancelLocked(transaction: Queryable, jobId: string, { state, slot }: LockedJob): Promise<void> {
  if (state === 'running') {
    await transaction.query('update jobs set is_cancelled = true where id = $1', [jobId]);
    return;
  }
  await transaction.query(`update jobs set state = 'cancelled', finished_at = now() where id = $1`, [jobId]);
  if (slot !== null) await fillSlots(transaction, [slot]);
}

/** Queues a locked dead letter again; its claims are counted anew, and it goes on behind what it has stored. */
export async function requeueLocked(transaction: Queryable, jobId: string, { slot }: LockedJob): Promise<void> {
  await transaction.query(
    `update jobs set state = case when slot is null then 'queued' else 'blocked' end, attempts = 0, error = null,
       finished_at = null, is_cancelled = false, run_at = now() where id = $1`,
    [jobId],
  );
  if (slot !== null) await fillSlots(transaction, [slot]);
}

/**
 * In what order states follow each other between two claims. Together with the counts of claims and of words about the progress,
 * which only grow, that numbers the changes of a job, though nobody stores a number.
 */
const RANKS: Readonly<Record<JobState, number>> = {
  running: 0,
  scheduled: 1,
  failed: 2,
  blocked: 3,
  queued: 4,
  cancelled: 5,
  succeeded: 5,
};
const RANGE = 8;

/** How jobs stand, in a few characters that differ after every change. */
export async function versionsOf(db: Queryable, jobIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; version: string }>(
    `select id, concat_ws(' ', state, epoch + progress_count) as version from jobs where id = any($1)`,
    [jobIds],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** How these jobs stand. `revision` grows with each change of state or progress. */
export async function updatesOf(
  db: Queryable,
  jobIds: readonly string[],
): Promise<{ readonly revision: number; readonly data: JobUpdate }[]> {
  const { rows } = await db.query<JobUpdate & { changes: number }>(
    'select id, state, progress, error, attempts, finished_at, epoch + progress_count as changes from jobs where id = any($1)',
    [jobIds],
  );
  return rows.map(({ changes, ...data }) => ({ revision: changes * RANGE + RANKS[data.state] + 1, data }));
}

/** Which jobs a batch is about, as the wire names it. */
export interface JobFilter {
  readonly ids?: readonly string[] | undefined;
  readonly kind?: string | undefined;
  readonly error_code?: string | undefined;
  readonly trace_id?: string | undefined;
}

const CONDITION = `state = any($1) and id > $2 and id < $3 and ($4::uuid[] is null or id = any($4)) and ($5::text is null or kind = $5)
  and ($6::text is null or (error ->> 'code') = $6) and ($7::text is null or trace_id = $7)`;

function valuesOf(filter: JobFilter, states: readonly JobState[], after: string, until: string): unknown[] {
  const { ids, kind, error_code, trace_id } = filter;
  return [states, after, until, ids ?? null, kind ?? null, error_code ?? null, trace_id ?? null];
}

export interface JobsWanted {
  readonly filter: JobFilter;
  readonly states: readonly JobState[];
  readonly until: string;
}

/** Ids of jobs behind one and up to another, in order. */
export async function jobsBehind(
  transaction: Queryable,
  { filter, states, after, until, limit }: JobsWanted & { readonly after: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(`select id from jobs where ${CONDITION} order by id limit $8`, [
    ...valuesOf(filter, states, after, until),
    limit,
  ]);
  return rows.map(({ id }) => id);
}

export async function countJobs(transaction: Queryable, { filter, states, until }: JobsWanted): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*) as count from jobs where ${CONDITION}`,
    valuesOf(filter, states, '00000000-0000-0000-0000-000000000000', until),
  );
  return Number(rows[0]?.count);
}

/** What a batch has done so far, stored in the transaction that did it. */
export async function storeBatch(
  transaction: Queryable,
  jobId: string,
  { payload, progress }: { payload: JsonObject; progress: JsonObject },
): Promise<void> {
  await transaction.query(
    'update jobs set payload = $2, progress = $3, progress_count = progress_count + 1, attempts = 0, crashes = 0 where id = $1',
    [jobId, JSON.stringify(payload), JSON.stringify(progress)],
  );
}
