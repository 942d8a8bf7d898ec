import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { FailedOutput } from '../guardrail-type.ts';
import { textOf } from './json-text.ts';

/** Most characters of a bad answer that the model is shown again. */
const MAXIMUM_SHOWN = 20_000;

/** The call again, with the answer and what is wrong with it. @param hide takes the caller's values out of a text */
export function repairOptions(
  { sent, result, issues }: FailedOutput,
  hide: (text: string) => string,
): LanguageModelV4CallOptions {
  const wrong = issues.map(({ pointer, message }) => `- ${pointer === '' ? 'The answer' : pointer} ${message}`).join('\n');
  const text = `The answer cannot be used:\n${hide(wrong)}\nGive the whole answer again, as JSON and nothing else.`;
  const answer = textOf(result).slice(0, MAXIMUM_SHOWN).toWellFormed();
  const said = answer === '' ? [] : [{ role: 'assistant' as const, content: [{ type: 'text' as const, text: answer }] }];
  return { ...sent, prompt: [...sent.prompt, ...said, { role: 'user', content: [{ type: 'text', text }] }] };
}
