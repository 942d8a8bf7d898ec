import { type Json, turns } from '../../kernel/index.ts';
import { sharedBudget } from '../budget.ts';
import type { StepResult } from './step-result.ts';

/** Longest time that pieces are made without a pause. */
const STRETCH_MS = 20;

/**
 * Makes the output of a step, an object of pieces, each by a template or rule of its own: at once when that is soon done, and else with pauses in which everything
 * else has its turn. All of them share the budget of the work at hand.
 */
export function makePieces(pieces: readonly (readonly [name: string, make: () => Json])[]): StepResult | Promise<StepResult> {
  const made: [string, Json][] = [];
  if (goOn(pieces, made)) return { output: Object.fromEntries(made) };
  return makeRest(pieces, made, sharedBudget());
}

async function makeRest(
  pieces: readonly (readonly [string, () => Json])[],
  made: [string, Json][],
  within: ReturnType<typeof sharedBudget>,
): Promise<StepResult> {
  let isDone = false;
  while (!isDone) {
    await (turns.wait() ?? new Promise((resolve) => setImmediate(resolve)));
    isDone = within(() => goOn(pieces, made));
  }
  return { output: Object.fromEntries(made) };
}

/** Whether all are made. */
function goOn(pieces: readonly (readonly [string, () => Json])[], made: [string, Json][]): boolean {
  const until = performance.now() + STRETCH_MS;
  for (const [name, make] of pieces.slice(made.length)) {
    made.push([name, make()]);
    if (performance.now() > until) break;
  }
  return made.length === pieces.length;
}
