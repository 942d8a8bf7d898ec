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

export interface JobFilter {
  readonly ids?: readonly string[] | undefined;
  readonly kind?: string | undefined;
}

/** Ids of dead letters behind one and up to another, in order. */
export async function deadLetters(
  transaction: Queryable,
  { filter, after, until, limit }: { filter: JobFilter; after: string; until: string; limit: number },
): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(
    `select id from jobs where state = 'failed' and id > $1 and id < $2 and ($3::uuid[] is null or id = any($3))
       and ($4::text is null or kind = $4) order by id limit $5`,
    [after, until, filter.ids ?? null, filter.kind ?? null, limit],
  );
  return rows.map(({ id }) => id);
}

export async function countDeadLetters(
  transaction: Queryable,
  { filter, until }: { filter: JobFilter; until: string },
): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*) as count from jobs where state = 'failed' and id < $1 and ($2::uuid[] is null or id = any($2))
       and ($3::text is null or kind = $3)`,
    [until, filter.ids ?? null, filter.kind ?? null],
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
