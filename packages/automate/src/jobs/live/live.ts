import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { createFollowers, type Followers } from './followers.ts';

const CHANNEL = 'automate_live';
/** Changes within this time share their notifications. */
const COALESCE_MS = 20;
/** A notification holds 8,000 bytes. */
const MAXIMUM_IDS = 200;
/** Beyond this many notifications at once, everyone who follows anything looks. */
const MAXIMUM_NOTIFICATIONS = 20;
/** A notification may get lost. */
const POLL_MS = 2_000;
/** Ids that are asked for in one statement. */
const MOST_POLLED = 1_000;

/** Calls those who follow a job, in every process, when it or what it stands for has changed. */
export interface LiveUpdates {
  publish(jobIds: readonly string[]): void;
  /** Calls back after each change, at times without one. Returns how to stop. */
  follow(jobId: string, callback: () => void): () => void;
  /** Calls back with all that changes, of all tenants, in whichever process; undefined: anything may have. Returns how to stop. */
  followAll(callback: (jobIds: readonly string[] | undefined) => void): () => void;
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
  readonly pollMs?: number;
}

export async function createLiveUpdates(options: LiveOptions): Promise<LiveUpdates> {
  const { db, logger, versionsOf, pollMs = POLL_MS } = options;
  const followers = createFollowers();
  const listeners = new Set<(jobIds: readonly string[] | undefined) => void>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const stopListening = await db.listen(CHANNEL, (payload) => {
    const ids = payload === '' || payload === '*' ? undefined : payload.split(',');
    for (const id of ids ?? followers.ids()) followers.changed(id);
    for (const listener of listeners) listener(ids);
  });
  let polling = setTimeout(() => void poll(), pollMs).unref();

  async function poll(): Promise<void> {
    await observeAll(followers, versionsOf).catch((error: unknown) =>
      logger.debug({ reason: errorMessage(error) }, 'what is followed could not be asked for'),
    );
    if (!isClosed) polling = setTimeout(() => void poll(), pollMs).unref();
  }

  async function send(): Promise<void> {
    timer = undefined;
    const ids = [...changed];
    changed = new Set();
    await Promise.all(payloadsOf(ids).map((payload) => db.notify(CHANNEL, payload))).catch((error: unknown) => {
      logger.debug({ reason: errorMessage(error) }, 'live update not sent; followers poll');
    });
  }

  return {
    publish(jobIds) {
      for (const id of jobIds) changed.add(id);
      if (changed.size > 0) timer ??= setTimeout(() => void send(), COALESCE_MS);
    },
    follow: followers.follow,
    followAll(callback) {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    changesOf: (jobId, signal) => changesOf(followers, jobId, signal),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(polling);
      await stopListening();
    },
  };
}

/** However many follow, each thing is asked for once, and those who follow it are called only when it has changed. */
async function observeAll(followers: Followers, versionsOf: LiveOptions['versionsOf']): Promise<void> {
  const ids = followers.ids();
  for (let start = 0; start < ids.length; start += MOST_POLLED) {
    const some = ids.slice(start, start + MOST_POLLED);
    const versions = await versionsOf(some);
    for (const id of some) followers.observe(id, versions.get(id) ?? 'gone');
  }
}

function payloadsOf(ids: readonly string[]): string[] {
  const count = Math.ceil(ids.length / MAXIMUM_IDS);
  if (count > MAXIMUM_NOTIFICATIONS) return ['*'];
  return Array.from({ length: count }, (_, index) => ids.slice(index * MAXIMUM_IDS, (index + 1) * MAXIMUM_IDS).join(','));
}

function changesOf(followers: Followers, jobId: string, signal: AbortSignal): ReturnType<LiveUpdates['changesOf']> {
  let isChanged = false;
  let wake: (() => void) | undefined;
  const notice = () => {
    isChanged = true;
    wake?.();
  };
  const unfollow = followers.follow(jobId, notice);
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
}
