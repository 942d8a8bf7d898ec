import { z } from 'zod';
import { AnyJson } from '../../schemas.ts';
import { defineCompiledStep } from '../define-step.ts';
import { ERROR_ROUTE } from '../error-route.ts';
import { compileStepRule } from '../rule.ts';

const Cases = z
  .array(
    z
      .string()
      .min(1)
      .max(200)
      .refine((text) => text !== ERROR_ROUTE && !text.startsWith('#'), 'must not be "error", nor start with "#"'),
  )
  .min(1)
  .max(100)
  .refine((cases) => new Set(cases).size === cases.length, 'must not repeat a case');

/** Leaves by the edge named as the case that the value equals, else by `"default"`. */
export const logicSwitch = defineCompiledStep({
  type: 'logic.switch',
  description: 'Takes one of several ways.',
  config: z.strictObject({ value: AnyJson.describe('JSONLogic'), cases: Cases }),
  fields: { value: 'rule' },
  routes: ({ cases }) => [...cases, 'default'],
  compile({ value, cases }) {
    const { rule, input } = compileStepRule('value', value);
    return {
      isPure: true,
      input: (scope) => ({ ...input(scope), cases }),
      run(_input, { scope }) {
        const result = rule.evaluate(scope);
        const text = typeof result === 'string' ? result : JSON.stringify(result);
        const route = cases.includes(text) ? text : 'default';
        return { output: { value: result, case: route }, route };
      },
    };
  },
});
