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

/** Whether an answer was given before, and how many seconds ago. */
export function cacheHeaders(cache: ChatAnswer['cache']): Record<string, string> {
  if (cache === undefined) return {};
  return cache === 'miss' ? { 'x-automate-cache': 'miss' } : { 'x-automate-cache': 'hit', age: String(cache) };
}
