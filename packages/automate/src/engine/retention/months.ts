import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { ExecutionPolicy, RetentionDays } from '../policy/execution-policy.ts';
import {
  addMonth,
  countSteps,
  deleteOrphans,
  dropMonth,
  forgetKeys,
  hasLiving,
  type Month,
  missingMonths,
  monthsOver,
  tenantsOf,
} from './months.store.ts';

/** Months that are made before they begin. */
const AHEAD = 3;
const DAY_MS = 86_400_000;
const PAUSE_MS = 10;

export interface MonthsOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly policies: Pick<ExecutionPolicy, 'retention'>;
  /** How long steps of deleted executions may wait for their month to be dropped. */
  readonly graceDays: number;
  /** Asked before each piece of work; false when it has to end. */
  mayGoOn(): Promise<boolean>;
  /** Called with what was deleted. */
  add(kind: 'steps' | 'events' | 'months', count: number): void;
}

/** A range of ids: from `first` on, and before `beyond`. */
export type Span = Pick<Month, 'first' | 'beyond'>;

/** The monthly partitions of steps, and of events with their verdicts. */
export interface Months {
  /** Makes those that are missing, the coming ones among them. */
  prepare(): Promise<void>;
  /** Where steps need not be deleted one by one, because their whole month is dropped when its last execution is gone. */
  waiting(): Promise<readonly Span[]>;
  /** Drops those that nothing needs any more; false when it has to end. */
  drop(): Promise<boolean>;
}

export function createMonths(options: MonthsOptions): Months {
  return new MonthPartitions(options);
}

class MonthPartitions implements Months {
  readonly #options: MonthsOptions;
  /** Months that are past their time, have executions all the same, and were rid of what had waited. */
  readonly #kept = new Set<string>();

  constructor(options: MonthsOptions) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const { db, logger } = this.#options;
    for (const month of await missingMonths(db, AHEAD)) {
      await this.#orLater(month, async () => {
        if (!(await addMonth(db, month)))
          logger.warn({ month }, 'the default partition has more of this month than is moved at once');
      });
    }
  }

  async waiting(): Promise<readonly Span[]> {
    const spans: Span[] = [];
    for (const month of await monthsOver(this.#options.db, 'step_runs')) if (await this.#isWaiting(month)) spans.push(month);
    return spans;
  }

  async drop(): Promise<boolean> {
    const { db, mayGoOn } = this.#options;
    for (const month of await monthsOver(db, 'step_runs')) {
      if (!(await mayGoOn())) return false;
      await this.#orLater(month.suffix, () => this.#dropSteps(month));
    }
    for (const month of await monthsOver(db, 'events')) {
      if (!(await mayGoOn())) return false;
      await this.#orLater(month.suffix, () => this.#dropEvents(month));
    }
    return true;
  }

  async #isWaiting(month: Month): Promise<boolean> {
    const { db, policies, graceDays } = this.#options;
    const days = await policies.retention(await tenantsOf(db, month));
    const dueAt = month.endedAt + longest(days, ({ succeeded, failed, cancelled }) => [succeeded, failed, cancelled]) * DAY_MS;
    if (dueAt > Date.now()) return dueAt <= Date.now() + graceDays * DAY_MS;
    if (!(await hasLiving(db, month, days))) return true;
    if (!this.#kept.has(month.suffix) && (await this.#deleteOrphans(month))) this.#kept.add(month.suffix);
    return false;
  }

  /** Steps whose executions are gone, and which had waited for their month to go; false when it has to end. */
  async #deleteOrphans(month: Month): Promise<boolean> {
    const { db, mayGoOn, add } = this.#options;
    for (let after: string | undefined = month.first; after !== undefined; ) {
      if (!(await mayGoOn())) return false;
      const { deleted, next } = await deleteOrphans(db, month, after);
      add('steps', deleted);
      await sleep(PAUSE_MS);
      after = next;
    }
    return true;
  }

  async #dropSteps(month: Month): Promise<void> {
    const { db } = this.#options;
    if ((await tenantsOf(db, month)).length > 0) return;
    const steps = await countSteps(db, month);
    if (await dropMonth(db, month, new Date())) this.#note(month, 'steps', steps);
  }

  async #dropEvents(month: Month): Promise<boolean> {
    const { db, policies, mayGoOn } = this.#options;
    const days = longest(await policies.retention(await tenantsOf(db, month)), ({ events }) => [events]);
    if (month.endedAt + days * DAY_MS > Date.now()) return true;
    const takenBefore = new Date(Date.now() - days * DAY_MS);
    let events = 0;
    for (let after: string | undefined; ; ) {
      if (!(await mayGoOn())) return false;
      const { seen, next } = await forgetKeys(db, month, { after, takenBefore });
      events += seen;
      if (next === undefined) break;
      await sleep(PAUSE_MS);
      after = next;
    }
    if (await dropMonth(db, month, takenBefore)) this.#note(month, 'events', events);
    return true;
  }

  #note({ history, suffix }: Month, kind: 'steps' | 'events', count: number): void {
    const { add, logger } = this.#options;
    add(kind, count);
    add('months', 1);
    logger.info({ partition: `${history}_${suffix}`, rows: count }, 'dropped a month of history');
  }

  /** Somebody holds a lock: the next sweep tries again. */
  async #orLater(month: string, work: () => Promise<unknown>): Promise<void> {
    const { logger } = this.#options;
    await work().catch((error: unknown) => logger.warn({ month, reason: errorMessage(error) }, 'a month of history has to wait'));
  }
}

/** The most days that any of these is kept; infinite when one is kept for ever. */
function longest(days: ReadonlyMap<string, RetentionDays>, of: (days: RetentionDays) => readonly (number | null)[]): number {
  return Math.max(0, ...[...days.values()].flatMap(of).map((limit) => limit ?? Number.POSITIVE_INFINITY));
}
