import { firstCount, memberOf } from './count.ts';
import { noUsage, type Usage } from './usage.ts';

/** What was counted of a picture or a sound. */
export interface MediaUsage {
  readonly usage: Usage;
  readonly seconds: number | undefined;
}

/** Reads the `usage` of OpenAI's pictures and sounds, and of the models of the AI SDK: tokens, or seconds. */
export function fromMedia(value: unknown): MediaUsage {
  const input = firstCount(memberOf(value, 'input_tokens'), memberOf(value, 'inputTokens'));
  const output = firstCount(memberOf(value, 'output_tokens'), memberOf(value, 'outputTokens'));
  const cacheRead = Math.min(input, firstCount(memberOf(memberOf(value, 'input_tokens_details'), 'cached_tokens')));
  const seconds = memberOf(value, 'seconds');
  return {
    usage: { ...noUsage, input: input - cacheRead, cacheRead, output },
    seconds: typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined,
  };
}
