import { z } from 'zod';
import { defineCompiledStep } from '../define-step.ts';

/** Runs a graph of its own once, so that one time limit, one retry policy and one way out hold for several steps. */
export const flowGroup = defineCompiledStep({
  type: 'flow.group',
  description: 'Holds several steps together.',
  config: z.strictObject({}),
  bodyField: 'body',
  isBodyOnce: true,
  compile: () => ({
    input: () => ({}),
    run: () => ({ output: null }),
    loop: {
      concurrency: 1,
      isStrict: true,
      keepsResults: false,
      hasNext: (_input, index) => index === 0,
      variables: () => ({}),
      output: (results) => results.at(-1) ?? null,
    },
  }),
});
