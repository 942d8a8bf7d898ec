import type { Db } from '../../db/index.ts';
import { createPoller, readWake, WAKE_CHANNEL } from '../../jobs/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { nextDueMs } from '../flow/flow.store.ts';
import type { TriggerCache } from '../triggers/trigger-cache.ts';
import { type Dispatched, dispatchBatch } from './dispatcher.ts';
import { releaseGatherings } from './release.ts';

export interface DispatchLoop {
  start(): Promise<void>;
  wake(): void;
  stop(): Promise<void>;
}

/** How late gathered events may start their execution, where another process gathered them. */
const LOOK_EVERY_MS = 1_000;

/** Dispatches events as they come, and finds by polling those whose wake-up got lost; releases what was gathered when it is due. */
export function createDispatchLoop(options: {
  db: Db;
  /** Of this process, as it signs its wake-ups. */
  name: string;
  logger: Logger;
  triggers: TriggerCache;
  onDispatched(dispatched: Dispatched): void;
}): DispatchLoop {
  const { db, name, logger, triggers, onDispatched } = options;
  let stopListening: (() => Promise<void>) | undefined;
  let lookAt = 0;
  const poller = createPoller({
    minimumMs: 5,
    maximumMs: 1_000,
    async poll() {
      const dispatched = await dispatchBatch({ db, triggers, logger });
      if (dispatched.count > 0) {
        onDispatched(dispatched);
        lookAt = 0;
        return 'busy';
      }
      return (await release()) > 0 ? 'busy' : 'idle';
    },
    onError: (error) => logger.warn({ reason: errorMessage(error) }, 'cannot dispatch events, trying again'),
  });

  async function release(): Promise<number> {
    if (performance.now() < lookAt) return 0;
    const released = await releaseGatherings({ db, logger });
    if (released > 0) onDispatched({ count: 0, lanes: [] });
    const pause = Math.min((await nextDueMs(db)) ?? LOOK_EVERY_MS, LOOK_EVERY_MS);
    lookAt = performance.now() + pause;
    poller.wakeIn(pause);
    return released;
  }

  return {
    async start() {
      stopListening = await db.listen(WAKE_CHANNEL, (payload) => {
        if (readWake(payload).sender !== name) poller.wake(); // this process was woken directly
      });
      poller.start();
    },
    wake: () => poller.wake(),
    async stop() {
      await poller.stop();
      await stopListening?.();
    },
  };
}
