import { z } from 'zod';
import { AnyJson } from '../../schemas.ts';
import { defineCompiledStep } from '../define-step.ts';
import { compileStepRule } from '../rule.ts';
import { StepError } from '../step-error.ts';

/** Runs its body again and again for as long as a rule holds; the result of the last time is the output. */
export const flowWhile = defineCompiledStep({
  type: 'flow.while',
  description: 'Runs steps for as long as a condition holds.',
  inputKind: 'rendered',
  config: z.strictObject({
    condition: AnyJson.describe('JSONLogic; sees `index`, from 0, and `previous`, the result of the time before'),
    maximum_iterations: z.int().min(1).max(10_000).default(100).describe('The loop fails when the condition holds once more'),
  }),
  fields: { condition: 'condition' },
  bodyField: 'body',
  compile({ condition, maximum_iterations: maximum }) {
    const { rule } = compileStepRule('condition', condition);
    return {
      input: () => ({ condition, maximum_iterations: maximum }),
      run: () => ({ output: null }),
      loop: {
        concurrency: 1,
        isStrict: true,
        keepsResults: false,
        hasNext(_input, index, scope) {
          if (!rule.matches(scope)) return false;
          if (index < maximum) return true;
          throw new StepError({
            code: 'loop_limit',
            detail: `The condition still holds after ${maximum} times: make it end, or raise "maximum_iterations".`,
            isRetryable: false,
          });
        },
        variables: (_input, index, previous) => ({ index, previous }),
        output: (results) => results.at(-1) ?? null,
      },
    };
  },
});
