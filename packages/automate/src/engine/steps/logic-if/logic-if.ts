import { z } from 'zod';
import { AnyJson } from '../../schemas.ts';
import { defineCompiledStep } from '../define-step.ts';
import { compileStepRule } from '../rule.ts';

/** Leaves by the edges whose condition is `"true"` or `"false"`. */
export const logicIf = defineCompiledStep({
  type: 'logic.if',
  description: 'Takes one of two ways.',
  config: z.strictObject({ condition: AnyJson.describe('JSONLogic') }),
  fields: { condition: 'condition' },
  routes: () => ['true', 'false'],
  compile({ condition }) {
    const { rule, input } = compileStepRule('condition', condition);
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
