import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { countOf, memberOf } from './count.ts';
import { fromOpenaiChat } from './from-openai.ts';
import { splitTotals } from './split.ts';
import type { Usage } from './usage.ts';

/**
 * The usage of an AI SDK model. Where the provider's own words are known to tell more (what OpenAI's chat tells, and those who copied it), they
 * are read, so that a call costs the same whether it was translated or passed through.
 */
export function fromModel(usage: LanguageModelV4Usage | undefined): Usage {
  const raw = memberOf(usage, 'raw');
  if (memberOf(raw, 'prompt_tokens') !== undefined) return fromOpenaiChat(raw);
  const given = memberOf(usage, 'inputTokens');
  const made = memberOf(usage, 'outputTokens');
  const cacheRead = countOf(memberOf(given, 'cacheRead'));
  const cacheWrite = countOf(memberOf(given, 'cacheWrite'));
  const reasoning = countOf(memberOf(made, 'reasoning'));
  const input = memberOf(given, 'total') ?? countOf(memberOf(given, 'noCache')) + cacheRead + cacheWrite;
  const output = memberOf(made, 'total') ?? countOf(memberOf(made, 'text')) + reasoning;
  return splitTotals({ input: countOf(input), cacheRead, cacheWrite, output: countOf(output), reasoning });
}
