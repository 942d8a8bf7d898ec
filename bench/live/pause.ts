import { defineStep } from 'automate/engine';
import { z } from 'zod';

/** A step that takes a tenth of a second. */
export const pauseStep = defineStep({
  type: 'bench.pause',
  description: 'Waits a tenth of a second.',
  config: z.strictObject({}),
  async run() {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { output: { done: true } };
  },
});
