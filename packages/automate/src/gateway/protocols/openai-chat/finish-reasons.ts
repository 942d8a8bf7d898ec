import type { FinishReason } from '../outcome.ts';

const NAMES: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  error: 'stop',
  interrupted: 'stop',
  other: 'stop',
};

/** Why a chat ended, in OpenAI's words. Clients run tools only where this says so, and some models call them and say `stop`. */
export function toChatFinishReason(reason: FinishReason, hasToolCalls: boolean): string {
  return hasToolCalls && (reason === 'stop' || reason === 'other') ? 'tool_calls' : NAMES[reason];
}

/** The same, back. */
export function fromChatFinishReason(name: unknown): FinishReason | undefined {
  if (typeof name !== 'string') return undefined;
  if (name === 'function_call') return 'tool-calls';
  if (name === 'error') return 'error';
  const found = (Object.keys(NAMES) as FinishReason[]).find((reason) => NAMES[reason] === name);
  return found ?? 'other';
}
