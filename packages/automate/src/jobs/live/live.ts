import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';

const CHANNEL = 'automate_executions';
/** Changes within this time share their notifications. */
const COALESCE_MS = 20;
/** A notification holds 8,000 bytes. */
const MAXIMUM_IDS = 200;
/** Beyond this many notifications at once, everyone who follows anything looks. */
const MAXIMUM_NOTIFICATIONS = 20;
/** A notification may get lost. */
const LOOK_EVERY_MS = 2_000;
/** Ids that are asked for in one statement. */
const MOST_LOOKED_AT = 1_000;

/** Tells those who follow a job, or the execution of the same id, in every process, that it has changed. */
export interface LiveUpdates {
  publish(jobIds: readonly string[]): void;
  /** Calls back after each change, at times without one. Returns how to stop. */
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

export interface LiveOptions {
  readonly db: Db;
  readonly logger: Logger;
  /** How things stand, in a few characters that change whenever they do; asked now and then of all that is followed. What is gone is left out. */
  versionsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Default 2,000. */
  readonly lookEveryMs?: number;
}

/** What is followed, by however many. */
interface Followed {
  readonly callbacks: Set<() => void>;
  /** As it was when it was last looked at. */
  version: string | undefined;
}

export async function createLiveUpdates(options: LiveOptions): Promise<LiveUpdates> {
  const { db, logger, versionsOf, lookEveryMs = LOOK_EVERY_MS } = options;
  const followed = new Map<string, Followed>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const stopListening = await db.listen(CHANNEL, (payload) => {
    for (const id of payload === '' || payload === '*' ? [...followed.keys()] : payload.split(',')) tell(id);
  });
  let looking = setTimeout(() => void look(), lookEveryMs).unref();

  function tell(id: string): void {
    for (const callback of followed.get(id)?.callbacks ?? []) callback();
  }

  /** However many follow, each thing is looked at once, and those who follow it are told only when it has changed. */
  async function look(): Promise<void> {
    try {
      const ids = [...followed.keys()];
      for (let start = 0; start < ids.length; start += MOST_LOOKED_AT) {
        const some = ids.slice(start, start + MOST_LOOKED_AT);
        const versions = await versionsOf(some);
        for (const id of some) note(id, versions.get(id) ?? 'gone');
      }
    } catch (error) {
      logger.debug({ reason: errorMessage(error) }, 'what is followed could not be looked at');
    }
    if (!isClosed) looking = setTimeout(() => void look(), lookEveryMs).unref();
  }

  function note(id: string, version: string): void {
    const entry = followed.get(id);
    if (!entry || entry.version === version) return;
    entry.version = version;
    tell(id);
  }

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
    const entry = followed.get(jobId) ?? { callbacks: new Set(), version: undefined };
    entry.callbacks.add(callback);
    followed.set(jobId, entry);
    return () => {
      entry.callbacks.delete(callback);
      if (entry.callbacks.size === 0 && followed.get(jobId) === entry) followed.delete(jobId);
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
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(looking);
      await stopListening();
    },
  };
}
