import { z } from 'zod';
import { AnyJson } from '../../schemas.ts';
import { compileStepCondition } from '../rule.ts';
import { defineStep } from '../step-type.ts';

/** Lets the execution go on here only when a rule holds; what comes behind is skipped otherwise. */
export const coreFilter = defineStep({
  type: 'core.filter',
  description: 'Goes on only when a condition holds.',
  config: z.strictObject({ condition: AnyJson.describe('JSONLogic') }),
  ruleFields: ['condition'],
  compile({ condition }) {
    const { rule, input } = compileStepCondition('condition', condition);
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
