import { invalidInput } from '../../kernel/index.ts';
import { BudgetExceeded, WorkBudget, withBudget } from '../budget.ts';

/** Of the processor, for all templates of a workflow that is checked: some 10,000 short ones. */
const CHECK_MS = 400;

/**
 * Checks what somebody wants to store, for as long as that may block the process.
 * @throws AppError `invalid_input` naming the pointer when it takes too long
 */
export function withinCheck<T>(pointer: string, check: () => T): T {
  try {
    return withBudget(new WorkBudget({ ms: CHECK_MS, memory: Number.POSITIVE_INFINITY }), check);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    const message = `its templates take longer than ${CHECK_MS} ms to check: make them fewer or shorter`;
    throw invalidInput([{ pointer, code: 'too_large', message }]);
  }
}
