import { memberOf } from '../../usage/count.ts';
import type { Outcome } from '../outcome.ts';
import { responseOutcome } from './bodies.ts';
import { errorOf, textOf } from './error-of.ts';
import { mayHave } from './json-keys.ts';
import { createSniffer, type Sniffer, type SnifferOptions } from './sniffer.ts';

/** Sniffs the events of a response. */
export function openaiResponsesSniffer({ textLimit = 0 }: SnifferOptions = {}): Sniffer {
  let last: Outcome | undefined;
  let error: Outcome['error'];
  let model: string | undefined;
  let text = '';
  return createSniffer({
    isWanted: (json) =>
      text.length < textLimit ||
      mayHave(json, '"usage"') ||
      mayHave(json, '"error"') ||
      QUOTED_ENDS.some((type) => json.includes(type)),
    read(event) {
      const type = memberOf(event, 'type');
      const response = memberOf(event, 'response');
      model ??= textOf(memberOf(response, 'model'));
      if (type === 'response.output_text.delta') {
        const delta = memberOf(event, 'delta');
        if (typeof delta === 'string' && text.length < textLimit) text += delta.slice(0, textLimit - text.length);
      } else if (ENDS.includes(String(type)) && type !== 'error') {
        last = responseOutcome(response);
        error ??= last.error;
      } else if (type === 'error') error ??= errorOf(memberOf(event, 'error') ?? event);
      else error ??= errorOf(memberOf(event, 'error'));
      return false;
    },
    outcome: () => ({
      usage: last?.usage,
      finishReason: last?.finishReason,
      isTerminated: last !== undefined,
      ...(error && { error }),
      ...(model !== undefined && { model }),
      ...(textLimit > 0 && { text }),
    }),
  });
}

const ENDS = ['response.completed', 'response.incomplete', 'response.failed', 'error'];
const QUOTED_ENDS = ENDS.map((type) => `"${type}"`);
