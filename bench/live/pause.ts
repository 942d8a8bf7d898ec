import { defineStep, type StepType } from 'automate/engine';
import { z } from 'zod';

/** A step that takes a tenth of a second. */
export const pauseStep = defineStep({
  type: 'bench.pause',
  description: 'Waits a tenth of a second.',
  config: z.strictObject({}),
  compile: () => ({
    input: () => null,
    async run() {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { output: { done: true } };
    },
  }),
}) as StepType;
