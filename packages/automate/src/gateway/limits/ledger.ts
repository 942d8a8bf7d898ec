import { Account } from './account.ts';
import type { Budget } from './budget.ts';
import type { Claim } from './claims.ts';
import type { Exchanged } from './limit.store.ts';
import type { Share } from './reservation.ts';

/** What a process has in hand of each budget. */
export class Ledger {
  /** Until when it is surely held, by the clock that nobody sets. */
  leaseUntil = 0;
  /** Of the running period, by budget. */
  readonly #accounts = new Map<string, Account>();
  /** Of periods that are over, while calls of theirs run. */
  readonly #old = new Set<Account>();

  current(budgetId: string): Account | undefined {
    return this.#accounts.get(budgetId);
  }

  all(): Account[] {
    return [...this.#accounts.values(), ...this.#old];
  }

  /** Takes all of it, or nothing. */
  take(claims: readonly Claim[]): Share[] | undefined {
    const now = performance.now();
    if (now >= this.leaseUntil) return undefined;
    for (const claim of claims) if (this.lacks(claim, now)) return undefined;
    return claims.map(({ budget, units }) => {
      const account = this.#accounts.get(budget.id) as Account;
      account.take(units);
      return { account, units };
    });
  }

  lacks({ budget, units }: Claim, now: number): boolean {
    const account = this.#accounts.get(budget.id);
    return !account || now >= account.endsAt || units > account.unused;
  }

  /** What the database is to be told, with what is held of it. @param wanted budgets that it is asked for in any case */
  toTell(now: number, wanted: ReadonlyMap<string, unknown>, most: number): { account: Account; keep: number }[] {
    const isHeld = now < this.leaseUntil;
    const told: { account: Account; keep: number }[] = [];
    for (const account of this.all()) {
      // It may have been given to others meanwhile.
      if (!isHeld && account.unused > 0) [account.unused, account.isUncertain] = [0, true];
      if (now >= account.endsAt && this.#accounts.get(account.budget.id) === account) {
        this.#accounts.delete(account.budget.id);
        this.#old.add(account);
      }
      if (wanted.has(account.budget.id) || (told.length < most && account.isPending(now)))
        told.push({ account, keep: account.keep(now) });
    }
    return told;
  }

  /** The account of the period that the database says it is. */
  open(budget: Budget, { starts_ms, ends_in_ms, own_spent }: Exchanged, sentAt: number): Account {
    const startsMs = starts_ms as number;
    const endsAt = ends_in_ms === null ? Number.POSITIVE_INFINITY : sentAt + ends_in_ms;
    const current = this.#accounts.get(budget.id);
    // Its clock is asked later than ours: a period that is over here may still run there.
    const known = [current, ...this.#old].find((one) => one?.budget.id === budget.id && one.startsMs === startsMs);
    const account = known ?? new Account(budget, { startsMs, endsAt, spent: own_spent });
    Object.assign(account, { budget, endsAt });
    if (current && current !== account) this.#old.add(current);
    this.#old.delete(account);
    this.#accounts.set(budget.id, account);
    return account;
  }

  forget(account: Account): void {
    if (this.#accounts.get(account.budget.id) === account) this.#accounts.delete(account.budget.id);
    this.#old.delete(account);
  }
}
