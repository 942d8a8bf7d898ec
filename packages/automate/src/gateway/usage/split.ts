import type { Usage } from './usage.ts';

/** Totals that contain their classes, as most providers count. */
interface Totals {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  /** Whether reasoning was counted beside the output, not in it. */
  readonly isReasoningBeside?: boolean;
}

/**
 * Takes the classes out of their totals. A provider cannot have read more from a cache than there was; one that tells of more reasoning than
 * output counts it beside the output.
 */
export function splitTotals(totals: Totals): Usage {
  const cacheRead = Math.min(totals.cacheRead, totals.input);
  const cacheWrite = Math.min(totals.cacheWrite, totals.input - cacheRead);
  const isBeside = totals.isReasoningBeside === true || totals.reasoning > totals.output;
  return {
    input: totals.input - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: isBeside ? totals.output : totals.output - totals.reasoning,
    reasoning: totals.reasoning,
  };
}
