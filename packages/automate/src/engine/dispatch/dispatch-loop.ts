import { createPoller, type Poller } from '../../jobs/index.ts';
import { errorMessage } from '../../kernel/index.ts';
import { createProgress } from './dispatch-progress.ts';
import { createDispatcher, type Dispatched, type Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import { oldestSeconds } from './outbox.store.ts';
import { createReleases, type Releases } from './releases.ts';

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

export interface DispatchLoopOptions extends DispatcherOptions {
  /** Calls back when another process has announced work. */
  onAnnounced(callback: () => void): () => void;
}

/** Dispatches events as they come, and finds by polling those whose wake-up got lost; releases what was gathered when it is due. */
export function createDispatchLoop(options: DispatchLoopOptions): DispatchLoop {
  return new PollingDispatch(options);
}

class PollingDispatch implements DispatchLoop {
  readonly #options: DispatchLoopOptions;
  readonly #progress = createProgress();
  readonly #dispatcher: Dispatcher;
  readonly #releases: Releases;
  readonly #poller: Poller;
  #stopListening: (() => void) | undefined;

  constructor(options: DispatchLoopOptions) {
    const { db, logger, onDispatched } = options;
    this.#options = options;
    this.#dispatcher = createDispatcher({ ...options, onDispatched: (dispatched) => this.#note(dispatched) });
    this.#poller = createPoller({
      minimumMs: 5,
      maximumMs: 1_000,
      poll: () => this.#poll(),
      onError: (error) => {
        this.#progress.failed();
        logger.warn({ reason: errorMessage(error) }, 'cannot dispatch events, trying again');
      },
    });
    this.#releases = createReleases({
      db,
      logger,
      onReleased: () => onDispatched({ count: 0, lanes: [], hasGathered: false, isBusy: false }),
      onDueIn: (milliseconds) => this.#poller.wakeIn(milliseconds),
    });
  }

  start(): void {
    this.#stopListening ??= this.#options.onAnnounced(() => this.#poller.wake());
    this.#poller.start();
  }

  wake(): void {
    this.#poller.wake();
  }

  async stop(): Promise<void> {
    await this.#poller.stop();
    await this.#dispatcher.stop();
    this.#stopListening?.();
  }

  async health(): Promise<DispatchHealth> {
    const waits = (await oldestSeconds(this.#options.db)) ?? 0;
    return { ...this.#progress.judge(waits), oldestSeconds: Math.max(waits, 0) };
  }

  async #poll(): Promise<'busy' | 'idle'> {
    const dispatched = await this.#dispatcher.round();
    this.#progress.worked('dispatch');
    if (dispatched.count > 0) this.#note(dispatched);
    // Gathered events do not wait until no other event comes.
    const released = await this.#releases.release();
    this.#progress.worked('release');
    return dispatched.isBusy || released > 0 ? 'busy' : 'idle';
  }

  #note(dispatched: Dispatched): void {
    this.#progress.advanced();
    if (dispatched.hasGathered) this.#releases.expect();
    this.#options.onDispatched(dispatched);
  }
}
