import type { StreamEnd } from './stream-end.ts';

/** Chat Completions, also of those who speak as OpenAI: a reason to finish, or `[DONE]`. */
export const completionsEnd: StreamEnd = {
  hint: /"finish_reason":\s*"|\[DONE\]/,
  isEnd: (event) => event === '[DONE]' || choicesOf(event).some((choice) => typeof choice['finish_reason'] === 'string'),
};

/** OpenAI's Responses. */
export const responsesEnd: StreamEnd = {
  hint: /response\.(completed|incomplete|failed)/,
  isEnd: (event) => ['response.completed', 'response.incomplete', 'response.failed'].includes(typeOf(event)),
};

/** Anthropic's Messages. */
export const messagesEnd: StreamEnd = { hint: /message_stop/, isEnd: (event) => typeOf(event) === 'message_stop' };

/** Cohere's chat. */
export const cohereEnd: StreamEnd = { hint: /message-end/, isEnd: (event) => typeOf(event) === 'message-end' };

/** Gemini: a candidate with a reason to finish, or a prompt that was blocked. */
export const geminiEnd: StreamEnd = {
  hint: /"(finishReason|blockReason)"/,
  isEnd(event) {
    const { candidates, promptFeedback } = record(event);
    const isFinished = list(candidates).some((candidate) => typeof candidate['finishReason'] === 'string');
    return isFinished || typeof record(promptFeedback)['blockReason'] === 'string';
  },
};

function choicesOf(event: unknown): readonly Record<string, unknown>[] {
  return list(record(event)['choices']);
}

function typeOf(event: unknown): string {
  return String(record(event)['type']);
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
