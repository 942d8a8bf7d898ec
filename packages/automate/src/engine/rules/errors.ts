import { defineErrors } from '../../kernel/index.ts';

export const ruleErrors = defineErrors({
  rule_failed: [422, 'Rule could not be evaluated'],
});
