import type { Db } from '../../db/index.ts';
import { createPoller } from '../../jobs/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { TriggerCache } from '../triggers/trigger-cache.ts';
import { createProgress } from './dispatch-progress.ts';
import { createDispatcher, type Dispatched } from './dispatcher.ts';
import { oldestSeconds } from './outbox.store.ts';
import { createReleases } from './releases.ts';

export interface DispatchLoop {
  start(): void;
  wake(): void;
  stop(): Promise<void>;
  /** Whether events are dispatched as they come. */
  health(): Promise<DispatchHealth>;
}

export interface DispatchHealth {
  readonly ok: boolean;
  readonly detail: string;
  /** How long the event has waited that has waited longest; 0 when none waits. */
  readonly oldestSeconds: number;
}

/** Dispatches events as they come, and finds by polling those whose wake-up got lost; releases what was gathered when it is due. */
export function createDispatchLoop(options: {
  db: Db;
  logger: Logger;
  triggers: TriggerCache;
  maximumHops(tenantId: string): number | Promise<number>;
  /** Calls back when another process has announced work. */
  onAnnounced(callback: () => void): () => void;
  onDispatched(dispatched: Dispatched): void;
}): DispatchLoop {
  const { db, logger, triggers, maximumHops, onAnnounced, onDispatched } = options;
  const progress = createProgress();
  const dispatcher = createDispatcher({ db, triggers, logger, maximumHops, onDispatched: note });
  let stopListening: (() => void) | undefined;
  const poller = createPoller({
    minimumMs: 5,
    maximumMs: 1_000,
    async poll() {
      const dispatched = await dispatcher.round();
      progress.worked('dispatch');
      if (dispatched.count > 0) note(dispatched);
      // Gathered events do not wait until no other event comes.
      const released = await releases.release();
      progress.worked('release');
      return dispatched.isBusy || released > 0 ? 'busy' : 'idle';
    },
    onError(error) {
      progress.failed();
      logger.warn({ reason: errorMessage(error) }, 'cannot dispatch events, trying again');
    },
  });

  const releases = createReleases({
    db,
    logger,
    onReleased: () => onDispatched({ count: 0, lanes: [], hasGathered: false, isBusy: false }),
    onDueIn: (milliseconds) => poller.wakeIn(milliseconds),
  });

  function note(dispatched: Dispatched): void {
    progress.advanced();
    if (dispatched.hasGathered) releases.expect();
    onDispatched(dispatched);
  }

  return {
    start() {
      stopListening ??= onAnnounced(() => poller.wake());
      poller.start();
    },
    wake: () => poller.wake(),
    async stop() {
      await poller.stop();
      await dispatcher.stop();
      stopListening?.();
    },
    async health() {
      const waits = (await oldestSeconds(db)) ?? 0;
      return { ...progress.judge(waits), oldestSeconds: Math.max(waits, 0) };
    },
  };
}
