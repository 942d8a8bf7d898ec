import { countOf, firstCount, memberOf } from './count.ts';
import type { Usage } from './usage.ts';

/** The `usage` of a message: `input_tokens` stands beside what a cache took or gave, not around it. */
export function fromAnthropic(usage: unknown): Usage {
  const written = memberOf(usage, 'cache_creation');
  const ofTurns = executedTurns(usage);
  const total = ofTurns?.output ?? countOf(memberOf(usage, 'output_tokens'));
  const reasoning = Math.min(countOf(memberOf(memberOf(usage, 'output_tokens_details'), 'thinking_tokens')), total);
  return {
    input: ofTurns?.input ?? countOf(memberOf(usage, 'input_tokens')),
    cacheRead: countOf(memberOf(usage, 'cache_read_input_tokens')),
    cacheWrite: firstCount(
      memberOf(usage, 'cache_creation_input_tokens'),
      countOf(memberOf(written, 'ephemeral_5m_input_tokens')) + countOf(memberOf(written, 'ephemeral_1h_input_tokens')),
    ),
    output: total - reasoning,
    reasoning,
  };
}

/**
 * The usage of a stream, from that of `message_start` and that of `message_delta`: both count from the beginning, and some providers
 * write 0 in the one or the other, so the larger count is the true one.
 */
export function mergeAnthropicUsage(start: unknown, delta: unknown): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...(memberless(start) ? {} : (start as object)) };
  if (memberless(delta)) return merged;
  for (const [key, value] of Object.entries(delta as object)) {
    if (value === null || value === undefined) continue;
    merged[key] = key.endsWith('_tokens') ? Math.max(countOf(merged[key]), countOf(value)) : value;
  }
  return merged;
}

/**
 * Where a conversation was compacted on the way, each turn is counted for itself and the top of the usage leaves some out. A turn that another
 * model served instead stands at the top as it was served.
 */
function executedTurns(usage: unknown): { input: number; output: number } | undefined {
  const turns = memberOf(usage, 'iterations');
  if (!Array.isArray(turns)) return undefined;
  const types = turns.map((turn) => memberOf(turn, 'type'));
  if (types.includes('fallback_message')) return undefined;
  const executed = turns.filter((_, index) => types[index] === 'message' || types[index] === 'compaction');
  if (executed.length === 0) return undefined;
  const sum = (key: string) => countOf(executed.reduce((total, turn) => total + countOf(memberOf(turn, key)), 0));
  return { input: sum('input_tokens'), output: sum('output_tokens') };
}

function memberless(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Array.isArray(value);
}
