import { type Db, isBadStatement, isUnavailable, type Queryable } from '../../db/index.ts';
import { createBatcher, cutText, errorMessage, type Logger } from '../../kernel/index.ts';
import { backoffMs, type ClaimedJob, type DeadJob, type JobContext, type JobHandler, type JobOutcome, leaseKey } from '../job.ts';
import type { LiveUpdates } from '../live/live.ts';
import { type ClaimOptions, claim } from '../store/claim.store.ts';
import { promoteDue, type Settlement, settle } from '../store/job.store.ts';
import { type ReclaimOptions, reclaim } from '../store/lease.store.ts';
import { readWake, WAKE_CHANNEL } from '../wake.ts';
import { createBacklogLimit } from './backlog-limit.ts';
import { createInHand } from './in-hand.ts';
import { HeldJobContext } from './job-context.ts';
import { createNewcomers } from './newcomers.ts';
import { createPoller } from './poller.ts';
import { createWorkerLease } from './worker-lease.ts';

/** Channel on which processes say which jobs in hand were told something; the payload is their ids, `*` for any. */
export const CONTROL_CHANNEL = 'automate_control';

/** Channel on which processes say which jobs are to end; the payload is their ids. */
export const CANCEL_CHANNEL = 'automate_cancel';

export interface WorkerOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly handlers: readonly JobHandler[];
  /** Told which jobs have changed. */
  readonly live?: Pick<LiveUpdates, 'publish'>;
  /** Unique per start of a process. */
  readonly name: string;
  /** Most jobs in hand at once. */
  readonly concurrency: number;
  /** The kinds of jobs to claim. Default: all that there are handlers of. */
  readonly kinds?: readonly string[] | undefined;
  /** The lanes to claim from. Default: all. */
  readonly lanes?: readonly string[] | undefined;
  readonly leaseSeconds: number;
  /** Whether no other process can be working on this database, so that every foreign lease is a dead one. */
  readonly isAlone: boolean;
}

export interface Worker {
  start(): Promise<void>;
  /** Says that there is work now. @param lanes where, as far as it is known: those of which little is in hand come first */
  wake(lanes?: readonly string[]): void;
  /** Says that a job becomes due in so many milliseconds, so that nobody has to poll for it. */
  wakeIn(milliseconds: number): void;
  /** Says that these jobs were told something, if they are in hand here. */
  signal(jobIds: readonly string[]): void;
  /** Ends these jobs, if they are in hand here. */
  cancel(jobIds: Iterable<string>): void;
  isHealthy(): boolean;
  /** How many jobs are in hand. */
  inHand(): number;
  /** Claims nothing more, lets what runs reach a safe point, gives back the rest; ends within the time given. */
  stop(timeoutMs: number): Promise<void>;
}

/** Longest reason of a failure that is kept. */
const MAXIMUM_REASON = 10_000;
const CLAIM_LIMIT = 250;
/** Part of the concurrency that is kept for lanes of which little is in hand. */
const RESERVE = 0.05;
/** How late a job may start that another process scheduled. */
const PROMOTE_EVERY_MS = 1_000;
/** On PGlite, dead rows are cleaned after this many finished jobs. */
const VACUUM_EVERY = 20_000;

/** Claims jobs, runs their handlers, keeps their leases alive and stores their outcomes. */
export function createWorker(options: WorkerOptions): Worker {
  const { db, logger, name, concurrency, leaseSeconds, lanes } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));
  const kinds = options.kinds ?? [...handlers.keys()];
  const inHand = createInHand();
  const newcomers = createNewcomers(lanes);
  const lease = createWorkerLease({ db, name, seconds: leaseSeconds });
  const reserve = Math.floor(concurrency * RESERVE);
  const timers: NodeJS.Timeout[] = [];
  const heartbeatMs = (leaseSeconds * 1_000) / 3;
  const backlog = createBacklogLimit(concurrency - reserve);
  // A claim waits until it can fetch a worthwhile batch; the end of a job then wakes the poller.
  const worthwhile = (): number => Math.min(CLAIM_LIMIT, backlog.most()) / 4;
  const room = (): number => Math.floor(backlog.most()) - taken();
  /** Jobs in hand, or about to be. */
  const taken = (): number => inHand.size + claimed;
  /** Most jobs that claims under way may bring. */
  let claimed = 0;
  let isFull = false;
  /** Whether the last claim left something. */
  let hasBacklog = false;
  let promoteAt = 0;
  let afterLane = '';
  let isDraining = false;
  let isHealthy = true;
  let finishedSinceVacuum = 0;
  let hasSuspect = false;
  const listening: (() => Promise<void>)[] = [];

  const store = createBatcher<Settlement & { readonly kind: string }, boolean>({
    isolates: isBadStatement,
    async flush(settlements) {
      const failed = settlements.flatMap(({ lease, outcome, kind }) =>
        outcome.type === 'failed' ? { id: lease.jobId, kind, error: outcome.error, key: leaseKey(lease) } : [],
      );
      let dead: KnownDeadJob[] = [];
      const settleAll = async (queryable: Queryable): Promise<Set<string>> => {
        const held = await settle(queryable, settlements);
        dead = failed.filter(({ key }) => held.has(key));
        await recordDead(queryable, dead);
        return held;
      };
      const settled = failed.length === 0 ? await settle(db, settlements) : await db.transaction(settleAll);
      options.live?.publish(settlements.map(({ lease }) => lease.jobId));
      announceDead(dead);
      return settlements.map(({ lease }) => settled.has(leaseKey(lease)));
    },
  });

  /** Who runs jobs of a kind records what their end means, in the transaction that makes them dead letters. */
  async function recordDead(transaction: Queryable, jobs: readonly KnownDeadJob[]): Promise<void> {
    for (const [kind, mine] of Map.groupBy(jobs, (job) => job.kind)) {
      await handlers.get(kind)?.onDead(
        transaction,
        mine.map(({ id, error }) => ({ id, error })),
      );
    }
  }

  function announceDead(jobs: readonly KnownDeadJob[]): void {
    for (const { id, kind } of jobs) handlers.get(kind)?.afterDead?.([id]);
  }

  const claiming = { kinds, isByKind: options.kinds !== undefined };
  const poller = createPoller({
    minimumMs: 5,
    maximumMs: 1_000,
    async poll() {
      if (isDraining) return 'idle';
      const promoted = performance.now() >= promoteAt ? await promote() : 0;
      isFull = room() < worthwhile();
      if (isFull) {
        hasBacklog = true;
        return 'idle';
      }
      const limit = Math.min(room(), CLAIM_LIMIT);
      const { jobs, nextLane } = await timedClaim({ limit, lanes, takesSuspect: !hasSuspect, afterLane });
      hasBacklog = nextLane !== '' || jobs.length >= limit;
      // Without a backlog, everybody's turn is now.
      if (hasBacklog) welcomer.wake();
      else newcomers.forget();
      const isWrapping = afterLane !== '' && nextLane === '';
      afterLane = nextLane;
      isHealthy = true;
      takeInHand(jobs);
      return jobs.length > 0 || promoted > 0 || isWrapping ? 'busy' : 'idle';
    },
    onError: onClaimError,
  });

  /** Newcomers do not wait for the claim that is under way either. */
  const welcomer = createPoller({
    minimumMs: 1_000,
    maximumMs: 1_000,
    async poll() {
      if (hasBacklog && !isDraining) await claimOfNewcomers();
      return 'idle';
    },
    onError: onClaimError,
  });

  function onClaimError(error: unknown): void {
    isHealthy = false;
    logger.warn({ reason: errorMessage(error) }, 'cannot claim jobs, trying again');
  }

  async function timedClaim(wanted: Pick<ClaimOptions, 'limit' | 'lanes' | 'takesSuspect' | 'afterLane'>) {
    const began = performance.now();
    claimed += wanted.limit;
    try {
      return await claim(db, { ...claiming, owner: lease.owner(), ...wanted });
    } finally {
      claimed -= wanted.limit;
      backlog.note(performance.now() - began, hasBacklog);
    }
  }

  /** Who has little in hand here does not wait until the walk through the lanes comes by. */
  async function claimOfNewcomers(): Promise<void> {
    const chosen = newcomers.choose(concurrency - taken(), inHand.ofLane);
    if (!chosen) return;
    backlog.welcome();
    if (chosen.limit === 0) return;
    const { jobs } = await timedClaim({ ...chosen, takesSuspect: false, afterLane: '' });
    takeInHand(jobs);
  }

  function takeInHand(jobs: readonly ClaimedJob[]): void {
    options.live?.publish(jobs.map(({ id }) => id));
    for (const job of jobs) void work(job);
  }

  async function promote(): Promise<number> {
    const { promoted, nextInMs } = await promoteDue(db);
    const pause = Math.min(nextInMs ?? PROMOTE_EVERY_MS, PROMOTE_EVERY_MS);
    promoteAt = performance.now() + pause;
    poller.wakeIn(pause);
    return promoted;
  }

  function wake(announced: readonly string[] = []): void {
    newcomers.announce(announced);
    if (newcomers.has()) welcomer.wake();
    poller.wake();
  }

  function dueIn(milliseconds: number): void {
    promoteAt = Math.min(promoteAt, performance.now() + milliseconds);
    poller.wakeIn(milliseconds);
  }

  const contextOptions = { db, logger, live: options.live, isDraining: () => isDraining };

  async function work(job: ClaimedJob): Promise<void> {
    const handler = handlers.get(job.kind);
    if (!handler) return;
    const held = inHand.take(job);
    const { signal } = held.abort;
    if (job.isSuspect) hasSuspect = true;
    const context = new HeldJobContext(held, contextOptions);
    try {
      const returned = await run(handler, job, context);
      await context.end();
      const outcome = returned !== 'settled' && held.isCancelled ? ({ type: 'cancelled' } as const) : returned;
      if (outcome !== 'settled' && (held.isCancelled || !signal.aborted)) {
        const isHeld = await store({ lease: job.lease, outcome, kind: job.kind });
        if (!isHeld) context.logger.warn('lease lost before the outcome was stored; another worker has the job');
        if (outcome.type === 'retry') dueIn(outcome.delayMs);
      }
    } catch (error) {
      // The outcome could not be stored. A heartbeat finds that nobody knows of the job any more, and another claim goes on from the last stored step.
      context.logger.error({ error }, 'job outcome not stored');
    } finally {
      inHand.release(held);
      finishedSinceVacuum += 1;
      if (job.isSuspect) {
        hasSuspect = false;
        poller.wake();
      }
      if (isFull && room() >= worthwhile()) poller.wake();
      if (newcomers.has()) welcomer.wake();
    }
  }

  async function heartbeat(): Promise<void> {
    // Taken in hand since, a job is not expected to be found.
    const due = inHand.takenBefore(heartbeatMs / 2);
    const { held, told, cancelled, forgotten } = await lease.beat(inHand.has);
    for (const mine of due)
      if (!held.has(mine.job.id) && inHand.lose(mine))
        logger.warn({ 'trace.id': mine.job.traceId, job_id: mine.job.id }, 'lease lost, stopping the job here');
    inHand.signal(told);
    inHand.cancel(cancelled);
    if (forgotten.length > 0) await sweep({ forgotten: { owner: lease.owner(), jobIds: forgotten } });
  }

  /** Who could not renew its own lease does not take others' before they had the time to renew theirs: they were without the database too. */
  async function sweepUnlessOut(): Promise<void> {
    if (!lease.wasOut()) await sweep();
  }

  async function sweep(which: ReclaimOptions = {}): Promise<void> {
    const { requeued, dead } = await db.transaction(async (transaction) => {
      const result = await reclaim(transaction, which);
      await recordDead(transaction, result.dead);
      return result;
    });
    if (requeued + dead.length > 0) logger.info({ requeued, dead: dead.length }, 'took back jobs of workers that are gone');
    options.live?.publish(dead.map(({ id }) => id));
    announceDead(dead);
    if (requeued > 0) poller.wake();
  }

  async function vacuum(): Promise<void> {
    if (finishedSinceVacuum < VACUUM_EVERY) return;
    finishedSinceVacuum = 0;
    await db.vacuum([
      'jobs',
      'job_queue',
      'job_leases',
      'job_timers',
      'workers',
      'outbox',
      'executions',
      'gatherings',
      'gathered_events',
      'rate_starts',
      'start_rates',
    ]);
  }

  function every(milliseconds: number, what: string, task: () => Promise<void>): void {
    let isRunning = false;
    const timer = setInterval(async () => {
      if (isRunning) return;
      isRunning = true;
      await task().catch((error: unknown) => {
        if (!isUnavailable(error)) logger.error({ error }, `${what} failed`);
      });
      isRunning = false;
    }, milliseconds);
    timers.push(timer.unref());
  }

  return {
    async start() {
      const begun = lease.begin().then(() => sweep({ onlyAlive: options.isAlone ? lease.owner() : undefined }));
      // The heartbeat tries again.
      await begun.catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'cannot claim jobs yet'));
      const onWake = (payload: string): void => {
        const { sender, lanes: announced } = readWake(payload);
        if (sender !== name) wake(announced); // this process was woken directly
      };
      const onControl = (ids: string): void => inHand.signal(ids === '' || ids === '*' ? undefined : ids.split(','));
      // After a reconnect, the next heartbeat finds what was missed.
      const onCancel = (ids: string): void => inHand.cancel(ids.split(','));
      listening.push(
        await db.listen(WAKE_CHANNEL, onWake),
        await db.listen(CONTROL_CHANNEL, onControl),
        await db.listen(CANCEL_CHANNEL, onCancel),
      );
      every(heartbeatMs, 'heartbeat', heartbeat);
      every(heartbeatMs, 'lease sweep', sweepUnlessOut);
      every(10_000, 'vacuum', vacuum);
      poller.start();
      welcomer.start();
    },
    wake,
    signal: inHand.signal,
    cancel: inHand.cancel,
    wakeIn: (milliseconds) => dueIn(Math.max(milliseconds, 0)),
    isHealthy: () => isHealthy,
    inHand: () => inHand.size,
    async stop(timeoutMs) {
      isDraining = true;
      await Promise.all([poller.stop(), welcomer.stop()]);
      const deadline = Date.now() + timeoutMs;
      while (inHand.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
      const rest = inHand.all();
      for (const { abort } of rest) abort.abort(new Error('worker stopping'));
      const released = rest
        .map(({ job }) => ({ lease: job.lease, outcome: { type: 'released' } as const }))
        .toSorted((left, right) => (left.lease.jobId < right.lease.jobId ? -1 : 1));
      await settle(db, released).catch((error: unknown) =>
        logger.warn({ reason: errorMessage(error) }, 'could not release jobs'),
      );
      await store.idle();
      for (const timer of timers) clearInterval(timer);
      await lease.end().catch(() => undefined); // it runs out
      for (const stopListening of listening) await stopListening();
    },
  };
}

type KnownDeadJob = DeadJob & { readonly kind: string };

async function run(handler: JobHandler, job: ClaimedJob, context: JobContext): Promise<JobOutcome | 'settled'> {
  try {
    return await handler.run(job, context);
  } catch (error) {
    context.logger.error({ error }, 'job failed');
    const failure = { code: 'job_error', message: cutText(errorMessage(error), MAXIMUM_REASON) };
    if (job.attempts >= job.maxAttempts) return { type: 'failed', error: failure };
    return { type: 'retry', error: failure, delayMs: backoffMs(job.attempts) };
  }
}
