import { memberOf } from '../../usage/count.ts';
import { fromAnthropic, mergeAnthropicUsage } from '../../usage/from-anthropic.ts';
import { fromStopReason } from '../anthropic-messages/stop-reasons.ts';
import type { FinishReason, Outcome } from '../outcome.ts';
import { errorOf, textOf } from './error-of.ts';
import { mayHave } from './json-keys.ts';
import { createSniffer, type Sniffer, type SnifferOptions } from './sniffer.ts';

/** Sniffs the events of a message. */
export function anthropicMessagesSniffer({ textLimit = 0 }: SnifferOptions = {}): Sniffer {
  let counted: Record<string, unknown> | undefined;
  let finishReason: FinishReason | undefined;
  let error: Outcome['error'];
  let model: string | undefined;
  let text = '';
  let isTerminated = false;
  const count = (usage: unknown) => {
    if (typeof usage === 'object' && usage !== null) counted = mergeAnthropicUsage(counted, usage);
  };
  return createSniffer({
    isWanted: (json) =>
      text.length < textLimit || mayHave(json, '"usage"') || mayHave(json, '"error"') || json.includes('"message_stop"'),
    read(event) {
      const type = memberOf(event, 'type');
      if (type === 'message_start') {
        const message = memberOf(event, 'message');
        model ??= textOf(memberOf(message, 'model'));
        count(memberOf(message, 'usage'));
      } else if (type === 'content_block_delta') {
        const delta = memberOf(memberOf(event, 'delta'), 'text');
        if (typeof delta === 'string' && text.length < textLimit) text += delta.slice(0, textLimit - text.length);
      } else if (type === 'message_delta') {
        finishReason = fromStopReason(memberOf(memberOf(event, 'delta'), 'stop_reason')) ?? finishReason;
        count(memberOf(event, 'usage'));
      } else if (type === 'message_stop') isTerminated = true;
      else error ??= errorOf(memberOf(event, 'error'));
      return false;
    },
    outcome: () => ({
      usage: counted && fromAnthropic(counted),
      finishReason,
      isTerminated,
      ...(error && { error }),
      ...(model !== undefined && { model }),
      ...(textLimit > 0 && { text }),
    }),
  });
}
