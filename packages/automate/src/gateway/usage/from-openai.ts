import { countOf, firstCount, memberOf } from './count.ts';
import { splitTotals } from './split.ts';
import type { Usage } from './usage.ts';

/**
 * The `usage` of a chat completion, of embeddings, or of a chunk that has one. DeepSeek tells what its cache gave as
 * `prompt_cache_hit_tokens`, Moonshot as `cached_tokens`; xAI counts reasoning beside the completion, which its total gives away.
 */
export function fromOpenaiChat(usage: unknown): Usage {
  const input = countOf(memberOf(usage, 'prompt_tokens'));
  const output = countOf(memberOf(usage, 'completion_tokens'));
  const total = countOf(memberOf(usage, 'total_tokens'));
  const details = memberOf(usage, 'prompt_tokens_details');
  const reasoning = countOf(memberOf(memberOf(usage, 'completion_tokens_details'), 'reasoning_tokens'));
  return splitTotals({
    input,
    cacheRead: firstCount(
      memberOf(details, 'cached_tokens'),
      memberOf(usage, 'prompt_cache_hit_tokens'),
      memberOf(usage, 'cached_tokens'),
    ),
    cacheWrite: countOf(memberOf(details, 'cache_write_tokens')),
    output,
    reasoning,
    isReasoningBeside: reasoning > 0 && total === input + output + reasoning,
  });
}

/** The `usage` of a response of the Responses API. */
export function fromOpenaiResponses(usage: unknown): Usage {
  const details = memberOf(usage, 'input_tokens_details');
  return splitTotals({
    input: countOf(memberOf(usage, 'input_tokens')),
    cacheRead: countOf(memberOf(details, 'cached_tokens')),
    cacheWrite: countOf(memberOf(details, 'cache_write_tokens')),
    output: countOf(memberOf(usage, 'output_tokens')),
    reasoning: countOf(memberOf(memberOf(usage, 'output_tokens_details'), 'reasoning_tokens')),
  });
}
