import type { Answer, Totals } from './turn.ts';

export const noTotals: Totals = Object.freeze({
  usage: { input_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 0, reasoning_tokens: 0 },
  cost_nanos: 0,
  tool_calls: 0,
  invalid_calls: 0,
  failed_calls: 0,
});

/** Totals with one answer more. */
export function withAnswer(
  totals: Totals,
  { usage, cost_nanos }: Answer,
  calls: Pick<Totals, 'tool_calls' | 'invalid_calls'>,
): Totals {
  const before = totals.usage;
  return {
    usage: {
      input_tokens: before.input_tokens + usage.input_tokens,
      cache_read_tokens: before.cache_read_tokens + usage.cache_read_tokens,
      cache_write_tokens: before.cache_write_tokens + usage.cache_write_tokens,
      output_tokens: before.output_tokens + usage.output_tokens,
      reasoning_tokens: before.reasoning_tokens + usage.reasoning_tokens,
    },
    cost_nanos: totals.cost_nanos === null || cost_nanos === null ? null : totals.cost_nanos + cost_nanos,
    tool_calls: totals.tool_calls + calls.tool_calls,
    invalid_calls: totals.invalid_calls + calls.invalid_calls,
    failed_calls: totals.failed_calls,
  };
}

/** All tokens, in and out, from a cache or not. */
export function tokensOf({ usage }: Pick<Totals, 'usage'>): number {
  const { input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens } = usage;
  return input_tokens + cache_read_tokens + cache_write_tokens + output_tokens + reasoning_tokens;
}
