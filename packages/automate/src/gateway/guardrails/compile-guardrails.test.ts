import { expect, test } from 'vitest';
import { compileGuardrails, guardrailIssues } from './compile-guardrails.ts';
import { createGuardrailTypes } from './guardrail-types.ts';

const types = createGuardrailTypes();
const issues = (value: unknown) => guardrailIssues(value, types, '/guardrails').map(({ pointer, code }) => `${pointer} ${code}`);

test.each([
  [[], []],
  [{}, ['/guardrails invalid_type']],
  [[1], ['/guardrails/0 invalid_type']],
  [[{ type: 'nope' }], ['/guardrails/0/type unknown_guardrail']],
  [[{ type: '__proto__' }], ['/guardrails/0/type unknown_guardrail']],
  [[{ type: 'personal_data' }], ['/guardrails/0/on required', '/guardrails/0/action required']],
  [[{ type: 'personal_data', on: 'in', action: 'mask' }], ['/guardrails/0/on invalid_value']],
  [[{ type: 'personal_data', on: 'both', action: 'mask', extra: 1 }], ['/guardrails/0/extra unknown_field']],
  [[{ type: 'json_schema', action: 'mask', schema: {} }], ['/guardrails/0/action invalid_value']],
  [[{ type: 'json_schema', action: 'block', schema: { $ref: '#' } }], ['/guardrails/0/schema/$ref keyword_not_allowed']],
  [
    [{ type: 'blocked_terms', on: 'both', action: 'block', terms: ['ok', '\u200b', 'a*b', '*'] }],
    ['/guardrails/0/terms/1 empty_term', '/guardrails/0/terms/2 invalid_term', '/guardrails/0/terms/3 empty_term'],
  ],
  [Array(21).fill({ type: 'untrusted_marks' }), ['/guardrails too_big']],
])('%j', (value, wanted) => expect(issues(value)).toEqual(wanted));

test('what is wrong is never compiled', () => {
  expect(() => compileGuardrails([{ type: 'nope' }], types)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
