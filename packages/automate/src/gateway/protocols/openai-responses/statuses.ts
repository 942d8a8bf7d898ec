import type { FinishReason } from '../outcome.ts';

/** How a response ended, in the words of the Responses API. */
export function toResponseStatus(reason: FinishReason) {
  if (reason === 'length') return { status: 'incomplete' as const, incomplete_details: { reason: 'max_output_tokens' } };
  if (reason === 'content-filter') return { status: 'incomplete' as const, incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed' as const, incomplete_details: null };
}

/** The same, back. */
export function fromResponseStatus(status: unknown, reason: unknown, hasToolCalls: boolean): FinishReason | undefined {
  if (status === 'completed') return hasToolCalls ? 'tool-calls' : 'stop';
  if (status === 'failed') return 'error';
  if (status !== 'incomplete') return undefined;
  if (reason === 'max_output_tokens') return 'length';
  return reason === 'content_filter' ? 'content-filter' : 'other';
}
