import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, isBadStatement, isUnavailable } from '../../db/index.ts';
import { vacuumJobs } from '../../jobs/index.ts';
import { errorMessage, halve, type Logger } from '../../kernel/index.ts';
import { forgetRates } from '../flow/rate.store.ts';
import type { ExecutionPolicy, RetentionDays } from '../policy/execution-policy.ts';
import { createMonths, type Span } from './months.ts';
import {
  deleteEvents,
  deleteExecutions,
  endSweep,
  expiredEvents,
  expiredExecutions,
  holdSweep,
  type Piece,
  takeSweep,
  tenantsAfter,
} from './retention.store.ts';

export interface RetentionOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly policies: Pick<ExecutionPolicy, 'retention'>;
  /** Names this process. */
  readonly name: string;
  /** How often history is looked through. */
  readonly sweepSeconds: number;
  /** How long steps of deleted executions may wait for their month to be dropped. */
  readonly graceDays: number;
}

/** Deletes history that is past its time. */
export interface Retention {
  /** What this process has deleted since it started, by kind. */
  readonly deleted: ReadonlyMap<string, number>;
  start(): void;
  stop(): Promise<void>;
}

const NAME = 'retention';
/** After so long without a sign of life another process goes on. */
const HOLD_SECONDS = 60;
const LOOK_EVERY_SECONDS = 60;
/** Between two transactions, so that whoever works is never far behind. */
const PAUSE_MS = 10;
/** Rate limits that one statement forgets. */
const RATES = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** In all processes together there is one sweep at a time; each of its transactions is small. */
export function createRetention(options: RetentionOptions): Retention {
  const { db, logger, policies, name: holder, sweepSeconds, graceDays } = options;
  const deleted = new Map([
    ['executions', 0],
    ['steps', 0],
    ['events', 0],
    ['months', 0],
  ]);
  let isStopping = false;
  let sweeping: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const add = (kind: string, count: number) => deleted.set(kind, (deleted.get(kind) ?? 0) + count);
  const mayGoOn = async () => !isStopping && (await holdSweep(db, { name: NAME, holder, seconds: HOLD_SECONDS }));
  const months = createMonths({ db, logger, policies, graceDays, mayGoOn, add });

  async function sweep(): Promise<void> {
    if (!(await takeSweep(db, { name: NAME, holder, seconds: HOLD_SECONDS }))) return;
    const before = total();
    while ((await forgetRates(db, RATES)) === RATES && (await mayGoOn()));
    await months.prepare();
    const waiting = await months.waiting();
    if (!(await eachTenant((id, days) => sweepExecutions(id, days, waiting)))) return;
    if (!(await months.drop())) return;
    // After the executions: an event stays as long as one of its.
    if (!(await eachTenant(sweepEvents))) return;
    await endSweep(db, { name: NAME, holder, dueInSeconds: sweepSeconds });
    const count = total() - before;
    if (count === 0) return;
    logger.info({ deleted: count }, 'deleted history past its time');
    await Promise.all([db.vacuum(['step_runs', 'executions', 'events', 'verdicts']), vacuumJobs(db)]);
  }

  /** False when it has to end. */
  async function eachTenant(work: (id: string, days: RetentionDays) => Promise<boolean>): Promise<boolean> {
    for (let after = FIRST; ; ) {
      const ids = await tenantsAfter(db, after);
      for (const id of ids) if (!(await workOn(id, work))) return false;
      if (ids.length === 0) return true;
      after = ids.at(-1) as string;
    }
  }

  /** What cannot be deleted of one tenant holds up no other; it is tried again with the next sweep. */
  async function workOn(id: string, work: (id: string, days: RetentionDays) => Promise<boolean>): Promise<boolean> {
    try {
      const days = await policies.retention([id]);
      return await work(id, days.get(id) as RetentionDays);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      logger.error({ tenant_id: id, reason: errorMessage(error) }, 'history past its time of a tenant was not deleted');
      return !isStopping;
    }
  }

  /** Removes one by one in the end what cannot be removed together. */
  async function removeEach<T>(ids: readonly string[], remove: (part: readonly string[]) => Promise<T>): Promise<T[]> {
    const { done, refused } = await halve(ids, remove, isBadStatement);
    for (const { item, error } of refused)
      logger.error({ id: item, reason: errorMessage(error) }, 'a piece of history past its time was not deleted');
    return done;
  }

  function sweepExecutions(tenantId: string, days: RetentionDays, waiting: readonly Span[]): Promise<boolean> {
    return walk(
      (after) => expiredExecutions(db, tenantId, after, days),
      async (ids) => {
        const gone = await removeEach(ids, (part) => {
          const stepsOf = part.filter((id) => !waiting.some(({ first, beyond }) => first <= id && id < beyond));
          return deleteExecutions(db, part, stepsOf);
        });
        for (const { executions, steps } of gone) {
          add('executions', executions);
          add('steps', steps);
        }
      },
    );
  }

  function sweepEvents(tenantId: string, days: RetentionDays): Promise<boolean> {
    return walk(
      (after) => expiredEvents(db, tenantId, after, days.events),
      async (ids) => {
        for (const count of await removeEach(ids, (part) => deleteEvents(db, part))) add('events', count);
      },
    );
  }

  async function walk(
    find: (after: string) => Promise<Piece>,
    remove: (ids: readonly string[]) => Promise<unknown>,
  ): Promise<boolean> {
    for (let after: string | undefined = FIRST; after !== undefined; ) {
      if (isStopping) return false;
      const piece: Piece = await find(after);
      if (piece.expired.length > 0) {
        if (!(await mayGoOn())) return false;
        await remove(piece.expired);
        await sleep(PAUSE_MS);
      }
      after = piece.next;
    }
    return true;
  }

  function total(): number {
    return [...deleted.values()].reduce((sum, count) => sum + count, 0);
  }

  function look(): void {
    sweeping ??= sweep()
      .catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'history past its time not deleted, trying again'))
      .finally(() => {
        sweeping = undefined;
      });
  }

  return {
    deleted,
    start() {
      timer = setInterval(look, Math.min(sweepSeconds, LOOK_EVERY_SECONDS) * 1_000).unref();
      look();
    },
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await sweeping;
    },
  };
}
