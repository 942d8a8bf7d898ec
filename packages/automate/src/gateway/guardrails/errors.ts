import { defineErrors } from '../../kernel/index.ts';

export const guardrailErrors = defineErrors({
  guardrail_blocked: [400, 'Refused by a guardrail'],
  guardrail_over_budget: [413, 'Too much for the guardrails'],
  guardrail_failed: [503, 'Guardrail failed'],
});
