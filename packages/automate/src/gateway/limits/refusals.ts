import type { AppError } from '../../kernel/index.ts';
import { gatewayErrors } from '../errors.ts';
import type { Account } from './account.ts';
import type { Budget } from './budget.ts';

/** Why a call does not begin: a budget has no room for it. */
export function noRoom(budget: Budget, account: Account | undefined): AppError {
  const seconds = account ? Math.max(1, Math.ceil((account.endsAt - performance.now()) / 1_000)) : 1;
  if (budget.period === 'minute') {
    const detail = `${nameOf(budget)} has no room for this call: try again in ${seconds} s, or have the limit raised.`;
    return gatewayErrors.limit_reached(detail, {
      headers: { 'retry-after': String(seconds) },
      errors: [issue('limit_reached', budget)],
    });
  }
  const until = Number.isFinite(seconds) ? ` until ${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19)}Z` : '';
  const wait = until === '' ? 'have it raised' : 'wait until then, or have it raised';
  return gatewayErrors.budget_spent(`${nameOf(budget)} has no room for this call${until}: ${wait}.`, {
    errors: [issue('budget_spent', budget)],
  });
}

/** Dollars cannot be counted of what has no price. */
export function noPrice(budget: Budget): AppError {
  const detail =
    `${nameOf(budget)} counts dollars, and no price is known of this model: set one at /api/v1/gateway/prices/, ` +
    'or let the budget have `allow_unpriced`.';
  return gatewayErrors.price_unknown(detail, { errors: [issue('price_unknown', budget)] });
}

/** What was asked of is named by the model. */
function issue(code: string, budget: Budget) {
  return { pointer: '/model', code, message: `is counted in ${nameOf(budget)} (${budget.id})` };
}

function nameOf({ name, amount, metric, period }: Budget): string {
  return `The budget "${name}" of ${amount} ${metric}${period === 'total' ? '' : ` a ${period}`}`;
}
