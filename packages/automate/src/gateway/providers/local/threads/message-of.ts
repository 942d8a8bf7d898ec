import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { gatewayErrors } from '../../../errors.ts';

interface Waiting {
  readonly what: string;
  readonly timeMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The message of a thread with this id; the process stays as long as somebody waits.
 * @throws AppError `provider_timeout`, `provider_failed` when the thread ends; the signal's reason
 */
export async function messageOf<Message extends { readonly id: number }>(
  thread: Worker,
  id: number,
  { what, timeMs, signal }: Waiting,
): Promise<Message> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(gatewayErrors.provider_timeout(`${what} took longer than ${timeMs} ms.`)), timeMs);
  const giveUp = AbortSignal.any([over.signal, ...(signal ? [signal] : [])]);
  thread.ref();
  try {
    const ended = lost(thread, over.signal);
    for (;;) {
      const [message] = (await Promise.race([once(thread, 'message', { signal: giveUp }), ended])) as [Message];
      if (message.id === id) return message;
    }
  } catch (cause) {
    if (giveUp.aborted) throw giveUp.reason;
    throw gatewayErrors.provider_failed(`${what} has ended before it answered.`, { cause });
  } finally {
    clearTimeout(timer);
    over.abort();
    thread.unref();
  }
}

/** Never resolves: fails when the thread ends. */
async function lost(thread: Worker, signal: AbortSignal): Promise<never> {
  const [code] = await once(thread, 'exit', { signal });
  throw new Error(`the thread left with ${code}`);
}
