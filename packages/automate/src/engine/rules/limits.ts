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

/** Runs one evaluation with a fresh allowance. Evaluation is synchronous, so one counter serves all. */
export function withAllowance<T>(run: () => T): T {
  const outer = remaining;
  remaining = ruleLimits.maxWork;
  try {
    return run();
  } finally {
    remaining = outer;
  }
}

/** Takes from the allowance. @throws AppError `rule_failed` when it is used up, instead of blocking the process */
export function spend(amount: number): void {
  remaining -= amount;
  if (remaining < 0) throw ruleErrors.rule_failed(`The rule needs more than ${ruleLimits.maxWork} steps for this event.`);
}
