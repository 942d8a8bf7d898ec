import type { Db } from '../../db/index.ts';
import { createPoller, WAKE_CHANNEL } from '../../jobs/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { TriggerCache } from '../triggers/trigger-cache.ts';
import { dispatchBatch } from './dispatcher.ts';

export interface DispatchLoop {
  start(): Promise<void>;
  wake(): void;
  stop(): Promise<void>;
}

/** Dispatches events as they come, and finds by polling those whose wake-up got lost. */
export function createDispatchLoop(options: {
  db: Db;
  /** Of this process, as it signs its wake-ups. */
  name: string;
  logger: Logger;
  triggers: TriggerCache;
  onDispatched(count: number): void;
}): DispatchLoop {
  const { db, name, logger, triggers, onDispatched } = options;
  let stopListening: (() => Promise<void>) | undefined;
  const poller = createPoller({
    minimumMs: 5,
    maximumMs: 1_000,
    async poll() {
      const dispatched = await dispatchBatch({ db, triggers, logger });
      if (dispatched > 0) onDispatched(dispatched);
      return dispatched > 0 ? 'busy' : 'idle';
    },
    onError: (error) => logger.warn({ reason: errorMessage(error) }, 'cannot dispatch events, trying again'),
  });
  return {
    async start() {
      stopListening = await db.listen(WAKE_CHANNEL, (sender) => {
        if (sender !== name) poller.wake(); // this process was woken directly
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
