import { type RawReply, raw } from '../../api/index.ts';
import type { ChatAnswer } from '../calls/chat.ts';

/** An answer as it goes out, with what became of it in headers. */
export function chatReply({ call, body, isStreamed, cache }: ChatAnswer): RawReply {
  const headers: Record<string, string> = {
    'x-automate-call': call.id,
    'x-automate-provider': call.target?.provider.slug ?? '',
    ...cacheHeaders(cache),
  };
  if (isStreamed) headers['x-accel-buffering'] = 'no';
  else if (call.costNanos !== null) headers['x-automate-cost-usd'] = (call.costNanos / 1e9).toFixed(9);
  return raw(body, { contentType: isStreamed ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8', headers });
}

/** Whether an answer was given before, how many seconds ago, and to what. */
export function cacheHeaders(cache: ChatAnswer['cache']): Record<string, string> {
  if (!cache) return {};
  const { state, ageSeconds, similarity, threshold } = cache;
  return {
    'x-automate-cache': state,
    ...(ageSeconds !== undefined && { age: String(ageSeconds) }),
    ...(similarity !== undefined && { 'x-automate-cache-similarity': similarity.toFixed(4) }),
    ...(threshold !== undefined && { 'x-automate-cache-threshold': String(threshold) }),
  };
}
