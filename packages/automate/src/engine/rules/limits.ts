import { BudgetExceeded, budgeted, type WorkBudget } from '../budget.ts';
import { ruleErrors } from './errors.ts';

/** What one rule may be and cost. */
export const ruleLimits = {
  maxDepth: 32,
  maxNodes: 1_000,
  /** Operator evaluations (and list items copied) of one run. */
  maxWork: 100_000,
  /** Characters of a text that a rule makes. */
  maxText: 1_048_576,
};

let remaining = ruleLimits.maxWork;
/** When the time is looked at next. */
let nextLook = ruleLimits.maxWork;
let work: WorkBudget | undefined;

const STEPS_BETWEEN_LOOKS = 64;
/** Characters that are gone through in the time of a step. */
const CHARACTERS_OF_A_STEP = 16_384;

/**
 * Runs one evaluation with a fresh allowance of steps, and its share of the time and memory of the work at hand. Evaluation is synchronous,
 * so one counter serves all.
 */
export function withAllowance<T>(run: () => T): T {
  const outer = { remaining, nextLook, work };
  remaining = ruleLimits.maxWork;
  nextLook = ruleLimits.maxWork;
  try {
    return budgeted((budget) => {
      work = budget;
      return run();
    });
  } catch (error) {
    if (error instanceof BudgetExceeded) throw ruleErrors.rule_failed(`The rule cannot be evaluated: ${error.message}.`);
    throw error;
  } finally {
    ({ remaining, nextLook, work } = outer);
  }
}

/** Takes from the allowance. @throws AppError `rule_failed` when it is used up, instead of blocking the process */
export function spend(amount: number): void {
  remaining -= amount;
  if (remaining < nextLook) {
    nextLook = remaining - STEPS_BETWEEN_LOOKS;
    work?.check();
  }
  if (remaining < 0) throw ruleErrors.rule_failed(`The rule needs more than ${ruleLimits.maxWork} steps for this event.`);
}

/** Takes for going through a text. */
export function spendOnText(text: string): void {
  if (text.length >= CHARACTERS_OF_A_STEP) spend(Math.floor(text.length / CHARACTERS_OF_A_STEP));
}

/** Takes memory for what a rule makes. */
export function chargeMemory(amount: number): void {
  work?.use(amount);
}
