import type { Account } from './account.ts';
import { appliesTo, type Budget, type LimitSubject, type Need } from './budget.ts';
import { noPrice } from './refusals.ts';

/** What a call needs of a budget; 0 units of one that refuses nobody. */
export interface Claim {
  readonly budget: Budget;
  readonly units: number;
}

/** What a process asks for of a budget, for all who wait. */
export interface Ask {
  readonly budget: Budget;
  readonly least: number;
  readonly needed: number;
  readonly spare: number;
}

/** @throws AppError `price_unknown` when dollars have to be counted of what has no price */
export function claimsOf(budgets: readonly Budget[], { tokens, nanos }: Need): Claim[] {
  return budgets.map((budget) => {
    const { metric } = budget;
    if (metric === 'usd' && nanos === null && budget.isHard && !budget.allowsUnpriced) throw noPrice(budget);
    if (!budget.isHard) return { budget, units: 0 };
    const units = metric === 'requests' ? 1 : metric === 'tokens' ? tokens : (nanos ?? 0);
    return { budget, units: Math.max(0, Math.ceil(units)) };
  });
}

/** What is missing in hand for these claims, in their order, by budget. */
export function asksFor(claims: Iterable<Claim>, current: (budgetId: string) => Account | undefined): Map<string, Ask> {
  const sums = new Map<string, { budget: Budget; left: number; least: number; largest: number }>();
  for (const { budget, units } of claims) {
    const sum = sums.get(budget.id) ?? { budget, left: current(budget.id)?.unused ?? 0, least: 0, largest: 0 };
    sums.set(budget.id, sum);
    sum.left -= units;
    sum.largest = Math.max(sum.largest, units);
    if (sum.left < 0 && sum.least === 0) sum.least = -sum.left;
  }
  const asks = new Map<string, Ask>();
  for (const { budget, left, least, largest } of sums.values()) {
    // Of one that is not known yet something has to be asked for, to learn which period it is.
    const smallest = current(budget.id) ? 0 : 1;
    const needed = Math.max(smallest, -left);
    if (needed === 0) continue;
    const spare = budget.metric === 'requests' ? SPARE_REQUESTS : Math.min(largest * SPARE_CALLS, Number.MAX_SAFE_INTEGER);
    asks.set(budget.id, { budget, least: Math.max(smallest, least), needed, spare });
  }
  return asks;
}

/** Those of a tenant's budgets that a call counts in; worked out once for each subject. */
export function createSelection() {
  const known = new WeakMap<readonly Budget[], Map<string, readonly Budget[]>>();
  return (budgets: readonly Budget[], subject: LimitSubject): readonly Budget[] => {
    if (budgets.length === 0) return budgets;
    let bySubject = known.get(budgets);
    if (!bySubject || bySubject.size > MAXIMUM_SUBJECTS) {
      bySubject = new Map();
      known.set(budgets, bySubject);
    }
    const key = `${subject.endpointId}/${subject.apiKeyId}`;
    let selected = bySubject.get(key);
    if (!selected) {
      selected = budgets.filter((budget) => appliesTo(budget, subject));
      bySubject.set(key, selected);
    }
    return selected;
  };
}

const MAXIMUM_SUBJECTS = 10_000;
/** How much is taken beforehand at most. */
const SPARE_REQUESTS = 1_000;
const SPARE_CALLS = 256;
