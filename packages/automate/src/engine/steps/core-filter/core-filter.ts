import { z } from 'zod';
import { AnyJson } from '../../schemas.ts';
import { defineCompiledStep } from '../define-step.ts';
import { compileStepRule } from '../rule.ts';

/** Lets the execution go on here only when a rule holds; what comes behind is skipped otherwise. */
export const coreFilter = defineCompiledStep({
  type: 'core.filter',
  description: 'Goes on only when a condition holds.',
  config: z.strictObject({ condition: AnyJson.describe('JSONLogic') }),
  fields: { condition: 'condition' },
  compile({ condition }) {
    const { rule, input } = compileStepRule('condition', condition);
    return {
      isPure: true,
      input,
      run(_input, { scope }) {
        const isPassed = rule.matches(scope);
        return { output: { passed: isPassed }, isStop: !isPassed };
      },
    };
  },
});
