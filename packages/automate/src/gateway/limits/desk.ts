import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../../db/index.ts';
import { commonErrors, errorMessage, type Logger, newId } from '../../kernel/index.ts';
import type { Account } from './account.ts';
import type { Budget } from './budget.ts';
import { type Ask, asksFor, type Claim } from './claims.ts';
import { Ledger } from './ledger.ts';
import { type Exchanged, exchange, removeHolder, type Told } from './limit.store.ts';
import { noRoom } from './refusals.ts';
import type { Share } from './reservation.ts';

export interface DeskOptions {
  readonly db: Pick<Db, 'query'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Seconds after which what a silent process holds is free again. */
  readonly lives: number;
  /** Asks other processes for what they do not use. */
  callBack(budgetIds: readonly string[]): void;
  /** A threshold was passed. */
  onDue(budget: Budget, startsMs: number): void;
}

interface Waiter {
  claims: readonly Claim[];
  readonly since: number;
  resolve(shares: readonly Share[]): void;
  reject(error: unknown): void;
}

/** One exchange with the database, as it was sent and as it came out. */
interface Round {
  readonly sentAt: number;
  readonly told: readonly { readonly entry: Told; readonly account: Account | undefined; readonly ask: Ask | undefined }[];
}

/** How long a call waits for what others may give back. */
const WAIT_MS = 1_000;
const LONGEST_PAUSE_MS = 40;
const CALL_AGAIN_MS = 500;
/** Longer than the database takes a recall for recent. */
const SCARCE_MS = 2_500;
const MOST_TOLD = 1_000;

/**
 * What this process holds of budgets. It is served from in hand without a question; else all who wait are asked for in one statement,
 * and one statement runs at a time.
 */
export class Desk {
  readonly name = newId();
  readonly #options: DeskOptions;
  readonly #ledger = new Ledger();
  #waiters: Waiter[] = [];
  /** How many wait for a budget: nobody overtakes them. */
  readonly #wanted = new Map<string, number>();
  readonly #calledAt = new Map<string, number>();
  #toldAt = 0;
  #isKicked = false;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Takes all of it from in hand, or nothing. */
  take(claims: readonly Claim[]): Share[] | undefined {
    for (const { budget } of claims) if (this.#wanted.has(budget.id)) return undefined;
    return this.#ledger.take(claims);
  }

  /** @throws AppError `limit_reached`, `budget_spent` */
  async wait(claims: readonly Claim[]): Promise<readonly Share[]> {
    if (this.#isClosed) throw commonErrors.unavailable('It is about to stop: try again.');
    const shares = new Promise<readonly Share[]>((resolve, reject) =>
      this.#waiters.push({ claims, since: performance.now(), resolve, reject }),
    );
    for (const { budget } of claims) this.#wanted.set(budget.id, (this.#wanted.get(budget.id) ?? 0) + 1);
    this.kick();
    return shares;
  }

  settled(account: Account, isOverdrawn: boolean): void {
    // Others wait for it, or whoever comes next has to see it.
    if (isOverdrawn || account.isScarce(performance.now())) this.kick();
  }

  /** Gives back what nobody in this process uses. @param isOf which budgets */
  callBack(isOf: (budget: Budget) => boolean): void {
    const now = performance.now();
    for (const account of this.#ledger.all()) {
      if (!isOf(account.budget)) continue;
      account.isCalledBack = true;
      account.scarceUntil = now + SCARCE_MS;
    }
    this.kick();
  }

  /** Tells what is to be told, and that this process lives; to be called all the time. @param beat ms between signs of life */
  tick(beat: number): void {
    const now = performance.now();
    let isPending = now - this.#toldAt > beat && this.#ledger.all().length > 0;
    for (const account of this.#ledger.all()) {
      if (account.isOver(now)) this.#ledger.forget(account);
      else isPending ||= account.isPending(now);
    }
    if (isPending) this.kick();
  }

  kick(): void {
    this.#isKicked = true;
    this.#wake?.();
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is told or asked for. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.callBack(() => true);
    await this.idle();
    if (this.#toldAt > 0) await removeHolder(this.#options.db, this.name).catch(() => undefined);
  }

  async #run(): Promise<void> {
    for (let pause = 2; this.#isKicked; ) {
      // Those of this turn of the event loop share a statement.
      await new Promise((resolve) => setImmediate(resolve));
      this.#isKicked = false;
      const round = this.#next();
      try {
        const rows = await exchange(
          this.#options.db,
          this.name,
          this.#options.lives,
          round.told.map(({ entry }) => entry),
        );
        this.#ledger.leaseUntil = round.sentAt + this.#options.lives * 700;
        this.#toldAt = round.sentAt;
        const isAwaiting = this.#serve(this.#apply(round, rows));
        if (this.#waiters.length > 0) this.#isKicked = true;
        if (!isAwaiting) pause = 2;
        else {
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
          await this.#rest(pause);
        }
      } catch (error) {
        this.#fail(error);
        break;
      }
    }
    this.#running = undefined;
    if (this.#isKicked && this.#waiters.length > 0) this.kick();
  }

  async #rest(milliseconds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([woken, wait(milliseconds)]);
    this.#wake = undefined;
  }

  #next(): Round {
    const now = performance.now();
    const kept = this.#ledger.toTell(now, this.#wanted, MOST_TOLD);
    const asks = asksFor(
      this.#waiters.flatMap(({ claims }) => claims),
      (budgetId) => this.#ledger.current(budgetId),
    );
    const told: Round['told'][number][] = kept.map(({ account, keep }) => {
      const ask = this.#ledger.current(account.budget.id) === account ? asks.get(account.budget.id) : undefined;
      if (ask) asks.delete(account.budget.id);
      return { account, ask, entry: tell(account.budget.id, ask, { account, keep }) };
    });
    for (const ask of asks.values()) told.push({ account: undefined, ask, entry: tell(ask.budget.id, ask) });
    return { sentAt: now, told };
  }

  /** @returns what came of the questions, by budget */
  #apply({ told, sentAt }: Round, rows: readonly (Exchanged | undefined)[]): Map<string, Exchanged> {
    const answers = new Map<string, Exchanged>();
    for (const [index, { entry, account, ask }] of told.entries()) {
      const row = rows[index];
      if (account) [account.reported, account.isUncertain] = [entry.spent, false];
      if (!row || row.starts_ms === null) {
        if (account) this.#ledger.forget(account);
        if (ask) this.#drop(ask.budget);
        continue;
      }
      if (account && row.is_due) this.#options.onDue(account.budget, account.startsMs);
      if (!ask) continue;
      answers.set(ask.budget.id, row);
      const granted = this.#ledger.open(ask.budget, row, sentAt);
      granted.unused += row.granted;
      granted.remaining = row.remaining;
      if (!row.is_scarce) continue;
      granted.scarceUntil = performance.now() + SCARCE_MS;
      // Whoever waits for us wants to hear what we make of it.
      if (row.granted > 0) this.#isKicked = granted.isCalledBack = true;
    }
    this.#call([...answers].filter(([, { is_awaited }]) => is_awaited).map(([id]) => id));
    return answers;
  }

  /** @returns whether all who still wait do so for other processes */
  #serve(answers: ReadonlyMap<string, Exchanged>): boolean {
    const now = performance.now();
    const blocked = new Set<string>();
    let isAwaiting = this.#waiters.length > 0;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.claims.some(({ budget }) => blocked.has(budget.id))) return true;
      const shares = this.#ledger.take(waiter.claims);
      const lacking = shares ? [] : waiter.claims.filter((claim) => this.#ledger.lacks(claim, now));
      const without = lacking.find((claim) => this.#isHopeless(claim, answers)) ?? (now - waiter.since > WAIT_MS && lacking[0]);
      if (shares || without) {
        for (const { budget } of waiter.claims) this.#unwant(budget.id);
        if (shares) waiter.resolve(shares);
        else if (without) waiter.reject(noRoom(without.budget, this.#ledger.current(without.budget.id)));
        return false;
      }
      isAwaiting &&= lacking.some(({ budget }) => answers.get(budget.id)?.is_awaited);
      for (const { budget } of lacking) blocked.add(budget.id);
      return true;
    });
    return isAwaiting && this.#waiters.length > 0;
  }

  #isHopeless({ budget, units }: Claim, answers: ReadonlyMap<string, Exchanged>): boolean {
    const answer = answers.get(budget.id);
    if (!answer || answer.is_awaited || !budget.isHard) return false;
    return units > answer.remaining + (this.#ledger.current(budget.id)?.unused ?? 0);
  }

  #fail(error: unknown): void {
    this.#options.logger.warn({ reason: errorMessage(error) }, 'budgets could not be asked');
    for (const account of this.#ledger.all()) account.isUncertain = true;
    this.#wanted.clear();
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  /** A budget that was removed is none for those who wait either. */
  #drop(budget: Budget): void {
    this.#wanted.delete(budget.id);
    for (const waiter of this.#waiters) waiter.claims = waiter.claims.filter((claim) => claim.budget.id !== budget.id);
  }

  #call(budgetIds: readonly string[]): void {
    const now = performance.now();
    const due = budgetIds.filter((id) => now - (this.#calledAt.get(id) ?? Number.NEGATIVE_INFINITY) > CALL_AGAIN_MS);
    if (this.#calledAt.size > MOST_TOLD) this.#calledAt.clear();
    for (const id of due) this.#calledAt.set(id, now);
    if (due.length > 0) this.#options.callBack(due);
  }

  #unwant(budgetId: string): void {
    const others = (this.#wanted.get(budgetId) ?? 0) - 1;
    if (others > 0) this.#wanted.set(budgetId, others);
    else this.#wanted.delete(budgetId);
  }
}

function tell(budget: string, ask: Ask | undefined, held?: { account: Account; keep: number }): Told {
  const { least = 0, needed = 0, spare = 0 } = ask ?? {};
  const started = held?.account.startsMs ?? null;
  return {
    budget,
    started,
    spent: held?.account.spent ?? 0,
    keep: held?.keep ?? 0,
    answers: held?.account.unused === 0,
    least,
    needed,
    spare,
  };
}
