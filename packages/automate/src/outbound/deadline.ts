import { after } from '../kernel/index.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

/** The one limit on how long a guarded request takes, from look-up to the last byte. */
export interface Deadline {
  readonly signal: AbortSignal;
  timedOut(): boolean;
  stop(): void;
}

/** Starts to count; call `stop` when the exchange has ended. */
export function startDeadline(request: { timeoutMs?: number; signal?: AbortSignal }): Deadline {
  const timer = new AbortController();
  const handle = after(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, () => timer.abort());
  return {
    signal: request.signal ? AbortSignal.any([timer.signal, request.signal]) : timer.signal,
    timedOut: () => timer.signal.aborted,
    stop: handle.clear,
  };
}

/** Waits for work that cannot be aborted itself, no longer than the signal or the time allow. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal, timeoutMs: number): Promise<T> {
  work.catch(() => {}); // it may fail after nobody waits for it any more
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = after(timeoutMs, () => reject(Object.assign(new Error('look-up timed out'), { code: 'ETIMEDOUT' })));
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.clear();
    signal.removeEventListener('abort', onAbort);
  }
}
