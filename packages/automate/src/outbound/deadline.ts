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
  const { signal: outer } = request;
  const controller = new AbortController();
  let isLate = false;
  const handle = after(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, () => {
    isLate = true;
    controller.abort();
  });
  // `AbortSignal.any` would do, at several times the cost.
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  else outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => isLate,
    stop() {
      handle.clear();
      outer?.removeEventListener('abort', onAbort);
    },
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
