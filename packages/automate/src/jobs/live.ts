import type { Db } from '../db/index.ts';
import { errorMessage, type Logger } from '../kernel/index.ts';

const CHANNEL = 'automate_executions';
/** Changes within this time share their notifications. */
const COALESCE_MS = 20;
/** A notification holds 8,000 bytes. */
const MAXIMUM_IDS = 200;
/** Beyond this many notifications at once, everyone who follows anything looks. */
const MAXIMUM_NOTIFICATIONS = 20;
/** A notification may get lost. */
const LOOK_EVERY_MS = 2_000;

/** Tells those who follow a job, or the execution of the same id, in every process, that it has changed. */
export interface LiveUpdates {
  publish(jobIds: readonly string[]): void;
  /** Calls back after each change, and now and then in any case. Returns how to stop. */
  follow(jobId: string, callback: () => void): () => void;
  /**
   * Waits for changes: `next()` resolves at once when there was one since it was called last, and when the signal fires.
   * @example
   * const changes = live.changesOf(id, signal);
   * try { while (!signal.aborted) { look(); await changes.next(); } } finally { changes.stop(); }
   */
  changesOf(jobId: string, signal: AbortSignal): { next(): Promise<void>; stop(): void };
  close(): Promise<void>;
}

export async function createLiveUpdates({ db, logger }: { db: Db; logger: Logger }): Promise<LiveUpdates> {
  const followers = new Map<string, Set<() => void>>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const stopListening = await db.listen(CHANNEL, (payload) => {
    const ids = payload === '' || payload === '*' ? [...followers.keys()] : payload.split(',');
    for (const id of ids) for (const callback of followers.get(id) ?? []) callback();
  });

  async function send(): Promise<void> {
    timer = undefined;
    const ids = [...changed];
    changed = new Set();
    const payloads = Array.from({ length: Math.ceil(ids.length / MAXIMUM_IDS) }, (_, index) =>
      ids.slice(index * MAXIMUM_IDS, (index + 1) * MAXIMUM_IDS).join(','),
    );
    const sent = payloads.length > MAXIMUM_NOTIFICATIONS ? ['*'] : payloads;
    await Promise.all(sent.map((payload) => db.notify(CHANNEL, payload))).catch((error: unknown) => {
      logger.debug({ reason: errorMessage(error) }, 'live update not sent; followers poll');
    });
  }

  function follow(jobId: string, callback: () => void): () => void {
    const set = followers.get(jobId) ?? new Set();
    followers.set(jobId, set.add(callback));
    const poll = setInterval(callback, LOOK_EVERY_MS).unref();
    return () => {
      clearInterval(poll);
      set.delete(callback);
      if (set.size === 0 && followers.get(jobId) === set) followers.delete(jobId);
    };
  }

  return {
    publish(jobIds) {
      for (const id of jobIds) changed.add(id);
      if (changed.size > 0) timer ??= setTimeout(() => void send(), COALESCE_MS);
    },
    follow,
    changesOf(jobId, signal) {
      let isChanged = false;
      let wake: (() => void) | undefined;
      const notice = () => {
        isChanged = true;
        wake?.();
      };
      const unfollow = follow(jobId, notice);
      signal.addEventListener('abort', notice);
      return {
        async next() {
          if (!isChanged && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
          isChanged = false;
        },
        stop() {
          signal.removeEventListener('abort', notice);
          unfollow();
        },
      };
    },
    async close() {
      clearTimeout(timer);
      await stopListening();
    },
  };
}
