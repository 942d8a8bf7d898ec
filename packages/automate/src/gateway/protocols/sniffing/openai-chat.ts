import { memberOf } from '../../usage/count.ts';
import { fromOpenaiChat } from '../../usage/from-openai.ts';
import type { Usage } from '../../usage/usage.ts';
import { fromChatFinishReason } from '../openai-chat/finish-reasons.ts';
import type { FinishReason, Outcome } from '../outcome.ts';
import { errorOf, textOf } from './error-of.ts';
import { mayHave } from './json-keys.ts';
import { createSniffer, type Sniffer, type SnifferOptions } from './sniffer.ts';

interface ChatSnifferOptions extends SnifferOptions {
  /** Leaves out the chunk that holds nothing but the usage: for clients that did not ask, where it was asked for in their name. */
  readonly isUsageHidden?: boolean;
}

/** Sniffs the chunks of a chat completion. */
export function openaiChatSniffer({ isUsageHidden = false, textLimit = 0 }: ChatSnifferOptions = {}): Sniffer {
  let usage: Usage | undefined;
  let finishReason: FinishReason | undefined;
  let error: Outcome['error'];
  let model: string | undefined;
  let text = '';
  return createSniffer({
    terminator: '[DONE]',
    isWanted: (json) =>
      text.length < textLimit || mayHave(json, '"usage"') || mayHave(json, '"finish_reason"') || mayHave(json, '"error"'),
    read(chunk) {
      const choices = memberOf(chunk, 'choices');
      const [choice]: unknown[] = Array.isArray(choices) ? choices : [];
      const counted = memberOf(chunk, 'usage');
      model ??= textOf(memberOf(chunk, 'model'));
      error ??= errorOf(memberOf(chunk, 'error'));
      finishReason = fromChatFinishReason(memberOf(choice, 'finish_reason')) ?? finishReason;
      const delta = memberOf(memberOf(choice, 'delta'), 'content');
      if (typeof delta === 'string' && text.length < textLimit) text += delta.slice(0, textLimit - text.length);
      if (typeof counted !== 'object' || counted === null) return false;
      // Where usage comes with each chunk, it counts from the beginning.
      usage = fromOpenaiChat(counted);
      return isUsageHidden && choice === undefined && error === undefined;
    },
    outcome: () => ({
      usage,
      finishReason,
      isTerminated: false,
      ...(error && { error }),
      ...(model !== undefined && { model }),
      ...(textLimit > 0 && { text }),
    }),
  });
}
