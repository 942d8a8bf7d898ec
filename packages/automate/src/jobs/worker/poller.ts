export interface PollerOptions {
  /** Looks for work; `busy` asks to be polled again at once. */
  poll(): Promise<'busy' | 'idle'>;
  /** First pause after work; doubles up to the maximum while there is none. */
  readonly minimumMs: number;
  readonly maximumMs: number;
  onError(error: unknown): void;
}

export interface Poller {
  start(): void;
  /** Polls now, or right after the poll that is under way. */
  wake(): void;
  /** Polls in so many milliseconds at the latest. */
  wakeIn(milliseconds: number): void;
  stop(): Promise<void>;
}

/** Polls for work when woken, when something is due, and now and then in any case, since a wake-up may get lost. */
export function createPoller({ poll, minimumMs, maximumMs, onError }: PollerOptions): Poller {
  let pause = minimumMs;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  let dueAt = Number.POSITIVE_INFINITY;
  let current: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = true;

  async function pollUntilIdle(): Promise<void> {
    do {
      isWoken = false;
      if (performance.now() >= dueAt) dueAt = Number.POSITIVE_INFINITY;
      try {
        if ((await poll()) === 'busy') {
          pause = minimumMs;
          isWoken = true;
        }
      } catch (error) {
        onError(error);
        pause = maximumMs;
      }
    } while (isWoken && !isStopped);
  }

  function run(): void {
    timerAt = Number.POSITIVE_INFINITY;
    clearTimeout(timer);
    current = pollUntilIdle().then(() => {
      current = undefined;
      if (isStopped) return;
      schedule(Math.min(pause, Math.max(dueAt - performance.now(), 0)));
      pause = Math.min(pause * 2, maximumMs);
    });
  }

  function schedule(delay: number): void {
    const at = performance.now() + delay;
    if (at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(run, delay);
  }

  return {
    start() {
      isStopped = false;
      schedule(0);
    },
    wake() {
      if (isStopped) return;
      if (current) isWoken = true;
      else schedule(0);
    },
    wakeIn(milliseconds) {
      dueAt = Math.min(dueAt, performance.now() + Math.max(milliseconds, 0));
      if (!isStopped && !current) schedule(Math.max(Math.min(milliseconds, 2_147_483_647), 0));
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
