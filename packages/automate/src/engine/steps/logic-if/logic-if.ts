import { z } from 'zod';
import { AnyJson } from '../../schemas.ts';
import { compileStepCondition } from '../rule.ts';
import { defineStep } from '../step-type.ts';

/** Leaves by the edges whose condition is `"true"` or `"false"`. */
export const logicIf = defineStep({
  type: 'logic.if',
  description: 'Takes one of two ways.',
  config: z.strictObject({ condition: AnyJson.describe('JSONLogic') }),
  ruleFields: ['condition'],
  routes: () => ['true', 'false'],
  compile({ condition }) {
    const { rule, input } = compileStepCondition('condition', condition);
    return {
      isPure: true,
      input,
      run(_input, { scope }) {
        const result = rule.matches(scope);
        return { output: { result }, route: String(result) };
      },
    };
  },
});
