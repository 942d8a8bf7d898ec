import type { Db, Queryable } from '../../db/index.ts';
import { type ClaimedJob, leaseKey, lockLeases, settle } from '../../jobs/index.ts';
import { createBatcher, type JsonObject } from '../../kernel/index.ts';
import { lockWindows, type NamedRate, storeWindows } from './rate.store.ts';

/** Lets executions under a rate limit start. */
export interface RateGate {
  /**
   * Takes a place under the job's limit. When there is none, the job is given back until there may be one.
   * @returns when it started; undefined when it did not, or is not this worker's any more
   */
  pass(job: ClaimedJob): Promise<Date | undefined>;
}

/** What a job says of its limit as long as it has not started. */
export interface JobRate extends JsonObject {
  readonly name: string;
  readonly limit: number;
  readonly period_ms: number;
}

/** The limit under which a job has still to start; undefined for every other job. */
export function rateOf({ payload }: Pick<ClaimedJob, 'payload'>): JobRate | undefined {
  return payload.rate as JobRate | undefined;
}

/** @param options.onParked told until when a job waits */
export function createRateGate({ db, onParked }: { db: Db; onParked(until: Date): void }): RateGate {
  const pass = createBatcher<ClaimedJob, Date | undefined>({
    async flush(jobs) {
      const passed = await db.transaction((transaction) => passAll(transaction, jobs));
      for (const { askAt } of passed.values()) if (askAt) onParked(askAt);
      return jobs.map(({ id }) => passed.get(id)?.startedAt);
    },
  });
  return { pass };
}

interface Passed {
  readonly startedAt?: Date;
  readonly askAt?: Date;
}

/** Starts are counted when they happen, under the lock of their limit: however late they are, no period has more of them. */
async function passAll(transaction: Queryable, claimed: readonly ClaimedJob[]): Promise<Map<string, Passed>> {
  const held = await lockLeases(
    transaction,
    claimed.map(({ lease }) => lease),
  );
  // The ids follow the time: the oldest first.
  const jobs = claimed.filter(({ lease }) => held.has(leaseKey(lease))).toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const passed = new Map<string, Passed>();
  if (jobs.length === 0) return passed;
  const rates = jobs.map(toRate);
  const locked = await lockWindows(transaction, rates);
  for (const job of jobs) {
    const { name, turn } = rateOf(job) as JobRate & { turn?: boolean };
    const taken = locked.windows.get(name)?.take(turn === true);
    if (taken?.isGranted) passed.set(job.id, { startedAt: new Date(Math.ceil(locked.now)) });
    else passed.set(job.id, { askAt: new Date(Math.ceil(taken?.askAt ?? locked.now)) });
  }
  await storeWindows(transaction, rates, locked);
  await start(transaction, passed);
  await park(transaction, jobs, passed);
  return passed;
}

async function start(transaction: Queryable, passed: ReadonlyMap<string, Passed>): Promise<void> {
  const started = [...passed].filter(([, { startedAt }]) => startedAt);
  if (started.length === 0) return;
  await transaction.query(
    `update jobs set payload = payload - 'rate', started_at = at from unnest($1::uuid[], $2::timestamptz[]) as start(job_id, at) where id = job_id`,
    [started.map(([id]) => id), started.map(([, { startedAt }]) => startedAt?.toISOString())],
  );
}

async function park(transaction: Queryable, jobs: readonly ClaimedJob[], passed: ReadonlyMap<string, Passed>): Promise<void> {
  const parked = jobs.filter(({ id }) => passed.get(id)?.askAt);
  if (parked.length === 0) return;
  const ids = parked.map(({ id }) => id);
  // What it was told it looks at when it starts; but it ends at once.
  await transaction.query(
    `update jobs set is_signalled = false where id = any($1) and is_signalled
       and not exists (select from executions where executions.id = jobs.id and ending is not null)`,
    [ids],
  );
  await settle(
    transaction,
    parked.map(({ id, lease }) => ({ lease, outcome: { type: 'scheduled', runAt: passed.get(id)?.askAt } })),
  );
  await transaction.query(
    `update jobs set started_at = null, payload = jsonb_set(payload, '{rate,turn}', 'true') where id = any($1)`,
    [ids],
  );
}

function toRate(job: ClaimedJob): NamedRate {
  const { name, limit, period_ms: periodMs } = rateOf(job) as JobRate;
  return { name, limit, periodMs, tenantId: job.tenantId };
}
