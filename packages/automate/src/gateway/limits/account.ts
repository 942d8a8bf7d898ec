import type { Budget } from './budget.ts';

/** What this process holds and has used of a budget in one period; of all of it only `unused` can be given to a call. */
export class Account {
  budget: Budget;
  /** Begin of the period, in milliseconds since 1970 by the clock of the database. */
  readonly startsMs: number;
  /** When nothing may be taken of it any more, by the clock that nobody sets. */
  endsAt: number;
  unused = 0;
  /** What calls that run were given. */
  inFlight = 0;
  /** What this process has used in all, and how much of it the database knows. */
  spent: number;
  reported: number;
  /** What nobody held when the database was last asked. */
  remaining = 0;
  lastUsedAt = performance.now();
  /** Until then nothing is kept in hand: others need it. */
  scarceUntil = 0;
  /** Whether what is unused has to go back. */
  isCalledBack = false;
  /** Whether the database may believe something else than what is here. */
  isUncertain = false;

  constructor(budget: Budget, period: { readonly startsMs: number; readonly endsAt: number; readonly spent: number }) {
    this.budget = budget;
    this.startsMs = period.startsMs;
    this.endsAt = period.endsAt;
    this.spent = period.spent;
    this.reported = period.spent;
  }

  take(units: number): void {
    this.unused -= units;
    this.inFlight += units;
    this.lastUsedAt = performance.now();
  }

  /** Ends what a call was given. @returns whether more was used than there was in hand */
  settle(units: number, used: number): boolean {
    this.inFlight -= units;
    this.spent += used;
    const left = this.unused + units - used;
    this.unused = Math.max(0, left);
    this.lastUsedAt = performance.now();
    return left < 0;
  }

  isScarce(now: number): boolean {
    return this.isCalledBack || now < this.scarceUntil;
  }

  /** Whether the database has to be told something. */
  isPending(now: number): boolean {
    if (this.spent !== this.reported || this.isUncertain || this.isCalledBack) return true;
    return this.unused > 0 && (now < this.scarceUntil || now >= this.endsAt || now - this.lastUsedAt > IDLE_MS);
  }

  /** Whether nobody needs to remember it. */
  isOver(now: number): boolean {
    if (this.inFlight !== 0 || this.unused !== 0 || this.isPending(now)) return false;
    return now >= this.endsAt || now - this.lastUsedAt > FORGET_MS;
  }

  /** Gives back what should not be kept. @returns what is still held */
  keep(now: number): number {
    const isIdle = now - this.lastUsedAt > IDLE_MS;
    if (this.isScarce(now) || now >= this.endsAt || isIdle) this.unused = 0;
    this.isCalledBack = false;
    return this.unused + this.inFlight;
  }
}

/** What was not used for so long goes back. */
const IDLE_MS = 2_000;
const FORGET_MS = 60_000;
