import { memberOf } from '../../usage/count.ts';
import { fromAnthropic } from '../../usage/from-anthropic.ts';
import { fromOpenaiChat, fromOpenaiResponses } from '../../usage/from-openai.ts';
import type { Usage } from '../../usage/usage.ts';
import { fromStopReason } from '../anthropic-messages/stop-reasons.ts';
import { fromChatFinishReason } from '../openai-chat/finish-reasons.ts';
import { fromResponseStatus } from '../openai-responses/statuses.ts';
import type { FinishReason, Outcome } from '../outcome.ts';
import { errorOf, textOf } from './error-of.ts';

/** What a chat completion that was passed through tells, or the answer to an embeddings request. */
export function chatOutcome(body: unknown): Outcome {
  const choices = memberOf(body, 'choices');
  const [choice]: unknown[] = Array.isArray(choices) ? choices : [];
  return outcome(body, fromOpenaiChat, fromChatFinishReason(memberOf(choice, 'finish_reason')));
}

/** What a message of Anthropic's protocol tells. */
export function messageOutcome(body: unknown): Outcome {
  return outcome(body, fromAnthropic, fromStopReason(memberOf(body, 'stop_reason')));
}

/** What a response of the Responses API tells. */
export function responseOutcome(body: unknown): Outcome {
  const output = memberOf(body, 'output');
  const hasToolCalls = Array.isArray(output) && output.some((item) => memberOf(item, 'type') === 'function_call');
  const reason = memberOf(memberOf(body, 'incomplete_details'), 'reason');
  return outcome(body, fromOpenaiResponses, fromResponseStatus(memberOf(body, 'status'), reason, hasToolCalls));
}

function outcome(body: unknown, read: (usage: unknown) => Usage, finishReason: FinishReason | undefined): Outcome {
  const usage = memberOf(body, 'usage');
  const error = errorOf(memberOf(body, 'error'));
  const model = textOf(memberOf(body, 'model'));
  return {
    usage: typeof usage === 'object' && usage !== null ? read(usage) : undefined,
    finishReason,
    isComplete: error === undefined && typeof body === 'object' && body !== null,
    ...(error && { error }),
    ...(model !== undefined && { model }),
  };
}
