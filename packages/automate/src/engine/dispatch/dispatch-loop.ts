import type { Db } from '../../db/index.ts';
import { createPoller, readWake, WAKE_CHANNEL } from '../../jobs/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { nextDueMs } from '../flow/release.store.ts';
import type { TriggerCache } from '../triggers/trigger-cache.ts';
import { createProgress } from './dispatch-progress.ts';
import { createDispatcher, type Dispatched } from './dispatcher.ts';
import { createStrikes } from './isolates.ts';
import { oldestSeconds } from './outbox.store.ts';
import { releaseGatherings } from './release.ts';

export interface DispatchLoop {
  start(): Promise<void>;
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

/** How late gathered events may start their execution, where another process gathered them. */
const LOOK_EVERY_MS = 1_000;

/** Dispatches events as they come, and finds by polling those whose wake-up got lost; releases what was gathered when it is due. */
export function createDispatchLoop(options: {
  db: Db;
  /** Of this process, as it signs its wake-ups. */
  name: string;
  logger: Logger;
  triggers: TriggerCache;
  maximumHops(tenantId: string): number | Promise<number>;
  onDispatched(dispatched: Dispatched): void;
}): DispatchLoop {
  const { db, name, logger, triggers, maximumHops, onDispatched } = options;
  const progress = createProgress();
  const isOut = createStrikes();
  const dispatcher = createDispatcher({
    db,
    triggers,
    logger,
    maximumHops,
    onDispatched: note,
  });
  let stopListening: (() => Promise<void>) | undefined;
  let lookAt = 0;
  const poller = createPoller({
    minimumMs: 5,
    maximumMs: 1_000,
    async poll() {
      const dispatched = await dispatcher.round();
      progress.worked('dispatch');
      if (dispatched.count > 0) note(dispatched);
      // Gathered events do not wait until no other event comes.
      const released = await release();
      progress.worked('release');
      return dispatched.isBusy || released > 0 ? 'busy' : 'idle';
    },
    onError(error) {
      progress.failed();
      logger.warn({ reason: errorMessage(error) }, 'cannot dispatch events, trying again');
    },
  });

  function note(dispatched: Dispatched): void {
    progress.advanced();
    if (dispatched.hasGathered) lookAt = 0;
    onDispatched(dispatched);
  }

  async function release(): Promise<number> {
    if (performance.now() < lookAt) return 0;
    const released = await releaseGatherings({ db, logger, isOut });
    if (released > 0) onDispatched({ count: 0, lanes: [], hasGathered: false, isBusy: false });
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
      await dispatcher.stop();
      await stopListening?.();
    },
    async health() {
      const waits = (await oldestSeconds(db)) ?? 0;
      return { ...progress.judge(waits), oldestSeconds: Math.max(waits, 0) };
    },
  };
}
