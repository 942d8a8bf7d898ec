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
  const handle = setTimeout(() => timer.abort(), request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return {
    signal: request.signal ? AbortSignal.any([timer.signal, request.signal]) : timer.signal,
    timedOut: () => timer.signal.aborted,
    stop: () => clearTimeout(handle),
  };
}

/** Waits for work that cannot be aborted itself, no longer than the signal or the time allow. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal, timeoutMs: number): Promise<T> {
  work.catch(() => {}); // it may fail after nobody waits for it any more
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => reject(Object.assign(new Error('look-up timed out'), { code: 'ETIMEDOUT' })), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
