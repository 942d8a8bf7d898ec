import { gatewayErrors } from '../../../errors.ts';

/** Lets few work at a time; the others wait in the order in which they came. */
export interface Places {
  /** @throws AppError `provider_rate_limited` when too many wait already; the signal's reason */
  take<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

export function createPlaces(what: string, { places = 2, waiting = 64 } = {}): Places {
  let free = places;
  const queue = new Set<() => void>();

  function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    if (queue.size >= waiting) throw gatewayErrors.provider_rate_limited(`${queue.size} calls wait for ${what} already.`);
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        queue.delete(go);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.add(go);
    });
  }

  function handOn(): void {
    const [next] = queue;
    if (next === undefined) free += 1;
    else {
      queue.delete(next);
      next();
    }
  }

  return {
    async take(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        handOn();
      }
    },
  };
}
