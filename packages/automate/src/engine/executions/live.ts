import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';

const CHANNEL = 'automate_executions';
/** Changes within this time share a notification. */
const COALESCE_MS = 20;
/** A notification holds 8,000 bytes; beyond that, everyone who follows anything looks. */
const MAXIMUM_IDS = 200;

/** Tells those who follow an execution, in every process, that it has changed. */
export interface LiveUpdates {
  publish(executionIds: readonly string[]): void;
  /** Calls back after each change, and now and then in any case. Returns how to stop. */
  follow(executionId: string, callback: () => void): () => void;
  close(): Promise<void>;
}

export async function createLiveUpdates({ db, logger }: { db: Db; logger: Logger }): Promise<LiveUpdates> {
  const followers = new Map<string, Set<() => void>>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const stopListening = await db.listen(CHANNEL, (payload) => {
    const ids = payload === '' || payload === '*' ? followers.keys() : payload.split(',');
    for (const id of ids) for (const callback of followers.get(id) ?? []) callback();
  });

  async function send(): Promise<void> {
    timer = undefined;
    const payload = changed.size > MAXIMUM_IDS ? '*' : [...changed].join(',');
    changed.clear();
    await db.notify(CHANNEL, payload).catch((error: unknown) => {
      logger.debug({ reason: errorMessage(error) }, 'live update not sent; followers poll');
    });
  }

  return {
    publish(executionIds) {
      for (const id of executionIds) changed.add(id);
      if (changed.size > 0) timer ??= setTimeout(() => void send(), COALESCE_MS);
    },
    follow(executionId, callback) {
      const set = followers.get(executionId) ?? new Set();
      followers.set(executionId, set.add(callback));
      const poll = setInterval(callback, 2_000).unref();
      return () => {
        clearInterval(poll);
        set.delete(callback);
        if (set.size === 0) followers.delete(executionId);
      };
    },
    async close() {
      clearTimeout(timer);
      await stopListening();
    },
  };
}
