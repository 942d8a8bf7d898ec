import { type InputIssue, invalidInput, type Json } from '../../kernel/index.ts';
import { decisionLimits, WorkBudget, withBudget } from '../budget.ts';
import { refuseSecrets } from '../graph/secret-names.ts';
import { type Explanation, explainRule } from '../rules/explain.ts';
import { validateCondition } from '../rules/validate.ts';

/**
 * Runs the filter of a trigger and shows the value of every operand, as whoever dispatches the event decides by it: what no trigger may have is refused, and it may take
 * what a decision may take.
 * @throws AppError `invalid_input` with JSON Pointers into the rule, `rule_failed` when it cannot be evaluated
 */
export function explainFilter(options: { rule: Json; event: Json }): { match: boolean; explain: Explanation } {
  const issues = filterIssues(options.rule);
  if (issues.length > 0) throw invalidInput(issues);
  return withBudget(new WorkBudget(decisionLimits), () => explainRule(options));
}

/** What is wrong with the filter of a trigger. */
export function filterIssues(rule: Json): InputIssue[] {
  const issues = validateCondition(rule);
  return issues.length > 0 ? issues : refuseSecrets(rule, '');
}
