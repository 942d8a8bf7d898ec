import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, isBadStatement, isUnavailable } from '../../db/index.ts';
import { vacuumJobs } from '../../jobs/index.ts';
import { errorMessage, halve, type Logger } from '../../kernel/index.ts';
import { forgetRates } from '../flow/rate.store.ts';
import type { ExecutionPolicy, RetentionDays } from '../policy/execution-policy.ts';
import type { DeletedCounts } from './deleted.ts';
import { createMonths, type Months, type Span } from './months.ts';
import { deleteEvents, deleteExecutions, expiredEvents, expiredExecutions, type Piece, tenantsAfter } from './retention.store.ts';

/** Between two transactions, so that whoever works is never far behind. */
const PAUSE_MS = 10;
/** Rate limits that one statement forgets. */
const RATES = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

export interface SweepOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly policies: Pick<ExecutionPolicy, 'retention'>;
  /** How long steps of deleted executions may wait for their month to be dropped. */
  readonly graceDays: number;
  readonly deleted: DeletedCounts;
  /** Asked before each piece of work; false when it has to end. */
  mayGoOn(): Promise<boolean>;
  isStopping(): boolean;
}

/** One walk through the history of all tenants, in which everything past its time is deleted; each of its transactions is small. */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #months: Months;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#months = createMonths({ ...options, add: (kind, count) => options.deleted.add(kind, count) });
  }

  /** False when it had to end before it was through. */
  async run(): Promise<boolean> {
    const { db, mayGoOn } = this.#options;
    while ((await forgetRates(db, RATES)) === RATES && (await mayGoOn()));
    await this.#months.prepare();
    const waiting = await this.#months.waiting();
    if (!(await this.#eachTenant((id, days) => this.#sweepExecutions(id, days, waiting)))) return false;
    if (!(await this.#months.drop())) return false;
    // After the executions: an event stays as long as one of its.
    return this.#eachTenant((id, days) => this.#sweepEvents(id, days));
  }

  /** Where no server gives back the space of what was deleted by itself, this does. */
  async vacuum(): Promise<void> {
    const { db } = this.#options;
    await Promise.all([db.vacuum(['step_runs', 'executions', 'events', 'verdicts']), vacuumJobs(db)]);
  }

  /** False when it has to end. */
  async #eachTenant(work: (id: string, days: RetentionDays) => Promise<boolean>): Promise<boolean> {
    for (let after = FIRST; ; ) {
      const ids = await tenantsAfter(this.#options.db, after);
      for (const id of ids) if (!(await this.#workOn(id, work))) return false;
      if (ids.length === 0) return true;
      after = ids.at(-1) as string;
    }
  }

  /** What cannot be deleted of one tenant holds up no other; it is tried again with the next sweep. */
  async #workOn(id: string, work: (id: string, days: RetentionDays) => Promise<boolean>): Promise<boolean> {
    const { policies, logger, isStopping } = this.#options;
    try {
      const days = await policies.retention([id]);
      return await work(id, days.get(id) as RetentionDays);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      logger.error({ tenant_id: id, reason: errorMessage(error) }, 'history past its time of a tenant was not deleted');
      return !isStopping();
    }
  }

  #sweepExecutions(tenantId: string, days: RetentionDays, waiting: readonly Span[]): Promise<boolean> {
    const { db, deleted } = this.#options;
    return this.#walk(
      (after) => expiredExecutions(db, tenantId, after, days),
      async (ids) => {
        const gone = await this.#removeEach(ids, (part) => {
          const stepsOf = part.filter((id) => !waiting.some(({ first, beyond }) => first <= id && id < beyond));
          return deleteExecutions(db, part, stepsOf);
        });
        for (const { executions, steps } of gone) {
          deleted.add('executions', executions);
          deleted.add('steps', steps);
        }
      },
    );
  }

  #sweepEvents(tenantId: string, days: RetentionDays): Promise<boolean> {
    const { db, deleted } = this.#options;
    return this.#walk(
      (after) => expiredEvents(db, tenantId, after, days.events),
      async (ids) => {
        for (const count of await this.#removeEach(ids, (part) => deleteEvents(db, part))) deleted.add('events', count);
      },
    );
  }

  /** Removes one by one in the end what cannot be removed together. */
  async #removeEach<T>(ids: readonly string[], remove: (part: readonly string[]) => Promise<T>): Promise<T[]> {
    const { done, refused } = await halve(ids, remove, isBadStatement);
    for (const { item, error } of refused)
      this.#options.logger.error({ id: item, reason: errorMessage(error) }, 'a piece of history past its time was not deleted');
    return done;
  }

  /** False when it has to end. */
  async #walk(find: (after: string) => Promise<Piece>, remove: (ids: readonly string[]) => Promise<unknown>): Promise<boolean> {
    for (let after: string | undefined = FIRST; after !== undefined; ) {
      if (this.#options.isStopping()) return false;
      const piece: Piece = await find(after);
      if (piece.expired.length > 0) {
        if (!(await this.#options.mayGoOn())) return false;
        await remove(piece.expired);
        await sleep(PAUSE_MS);
      }
      after = piece.next;
    }
    return true;
  }
}
