import { AutomateError, isAutomateError } from 'automate-client';
import { request } from '../../../api.ts';

/** A reply of a route that speaks a vendor's protocol, as it comes. */
export function post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  return request<Response>('POST', path, { body, signal, accept: '*/*', timeoutMs: 600_000 });
}

/** What a failure says: routes of vendors' clients tell it in the vendor's shape. */
export function saidBy(error: unknown): string {
  const told = isAutomateError(error) ? (error.body as { error?: { message?: unknown } } | undefined)?.error?.message : undefined;
  if (typeof told === 'string') return told;
  return error instanceof Error ? error.message : String(error);
}

/**
 * The data of the events of a stream, up to its `[DONE]`.
 * @param broken said when it ends without one
 * @throws AutomateError
 */
export async function* eventsOf(response: Response, broken: string): AsyncGenerator<unknown> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let isDone = false;
  while (reader) {
    const { value, done } = await reader.read();
    if (done) break;
    const events = (rest + value).split(/\r?\n\r?\n/);
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = dataOf(event);
      if (data === '[DONE]') isDone = true;
      else if (data !== '') yield JSON.parse(data);
    }
  }
  if (!isDone) throw failure(broken);
}

/** A failure that was told within a stream. */
export function failure(words: string): AutomateError {
  return new AutomateError({ status: 200, code: 'stream_failed', title: words, detail: words, operation: 'console' });
}

function dataOf(event: string): string {
  return event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
}
