import type { Db, Queryable } from '../../db/index.ts';
import { type ClaimedJob, clearNotified, leaseKey, lockLeases, type RestatedJob, restateJobs, settle } from '../../jobs/index.ts';
import { createBatcher, type JsonObject } from '../../kernel/index.ts';
import { endingAmong } from './concurrency.store.ts';
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

/** @param options.onParked called with the time until which a job waits */
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
  const waiting = jobs.filter(({ id }) => passed.get(id)?.askAt);
  const [ending] = await Promise.all([
    endingAmong(
      transaction,
      waiting.map(({ id }) => id),
    ),
    storeWindows(transaction, rates, locked),
  ]);
  if (waiting.length > 0) await park(transaction, { waiting, passed, ending });
  await restateJobs(
    transaction,
    jobs.map((job) => restated(job, passed.get(job.id)?.startedAt)),
  );
  return passed;
}

interface Waiting {
  readonly waiting: readonly ClaimedJob[];
  readonly passed: ReadonlyMap<string, Passed>;
  /** Those of them that are on their way to an end. */
  readonly ending: ReadonlySet<string>;
}

async function park(transaction: Queryable, { waiting, passed, ending }: Waiting): Promise<void> {
  // What it was sent it reads when it starts; but it ends at once.
  const quiet = waiting.flatMap(({ id }) => (ending.has(id) ? [] : id));
  await Promise.all([
    clearNotified(transaction, quiet),
    settle(
      transaction,
      waiting.map(({ id, lease }) => ({ lease, outcome: { type: 'scheduled', runAt: passed.get(id)?.askAt } })),
    ),
  ]);
}

/** A job that starts has no limit any more; another one has its turn when it asks again, and has not started. */
function restated({ id, payload }: ClaimedJob, startedAt: Date | undefined): RestatedJob {
  const { rate, ...rest } = payload;
  if (startedAt) return { jobId: id, payload: rest, startedAt };
  return { jobId: id, payload: { ...rest, rate: { ...(rate as JobRate), turn: true } }, startedAt: null };
}

function toRate(job: ClaimedJob): NamedRate {
  const { name, limit, period_ms: periodMs } = rateOf(job) as JobRate;
  return { name, limit, periodMs, tenantId: job.tenantId };
}
