import type { Account } from './account.ts';
import type { Budget, LimitSubject, Need } from './budget.ts';
import { appliesTo } from './budget.ts';
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
    const account = current(budget.id);
    // Of one that is not known yet something has to be asked for, to learn which period it is.
    const sum = sums.get(budget.id) ?? { budget, left: account ? account.unused : -1, least: account ? 0 : 1, largest: 0 };
    sums.set(budget.id, sum);
    sum.left -= account || sum.largest > 0 || units === 0 ? units : units - 1;
    sum.largest = Math.max(sum.largest, units);
    if (sum.left < 0 && (sum.least === 0 || (!account && sum.least === 1))) sum.least = Math.max(1, -sum.left);
  }
  const asks = [...sums.values()].filter(({ left }) => left < 0);
  return new Map(
    asks.map(({ budget, left, least, largest }) => {
      const spare = budget.metric === 'requests' ? SPARE_REQUESTS : largest * SPARE_CALLS;
      return [budget.id, { budget, least, needed: -left, spare: Math.min(spare, Number.MAX_SAFE_INTEGER) }];
    }),
  );
}

/** Those of a tenant's budgets that a call counts in; worked out once for each subject. */
export function createSelection() {
  const known = new WeakMap<readonly Budget[], Map<string, readonly Budget[]>>();
  return (budgets: readonly Budget[], subject: LimitSubject): readonly Budget[] => {
    if (budgets.length === 0) return budgets;
    let bySubject = known.get(budgets);
    if (!bySubject || bySubject.size > MAXIMUM_SUBJECTS) known.set(budgets, (bySubject = new Map()));
    const key = `${subject.endpointId}/${subject.apiKeyId}`;
    let selected = bySubject.get(key);
    if (!selected) bySubject.set(key, (selected = budgets.filter((budget) => appliesTo(budget, subject))));
    return selected;
  };
}

const MAXIMUM_SUBJECTS = 10_000;
/** How much is taken beforehand at most. */
const SPARE_REQUESTS = 1_000;
const SPARE_CALLS = 256;
