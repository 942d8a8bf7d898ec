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
  const alarm = createAlarm(run);
  let pause = minimumMs;
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
    alarm.clear();
    current = pollUntilIdle().then(() => {
      current = undefined;
      if (isStopped) return;
      alarm.set(Math.min(pause, Math.max(dueAt - performance.now(), 0)));
      pause = Math.min(pause * 2, maximumMs);
    });
  }

  return {
    start() {
      isStopped = false;
      alarm.set(0);
    },
    wake() {
      if (isStopped) return;
      if (current) isWoken = true;
      else alarm.set(0);
    },
    wakeIn(milliseconds) {
      dueAt = Math.min(dueAt, performance.now() + Math.max(milliseconds, 0));
      if (!isStopped && !current) alarm.set(Math.max(Math.min(milliseconds, 2_147_483_647), 0));
    },
    async stop() {
      isStopped = true;
      alarm.clear();
      await current;
    },
  };
}

/** Rings once, at the earliest of the times that it was set to. */
function createAlarm(ring: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let ringsAt = Number.POSITIVE_INFINITY;
  return {
    set(delay: number): void {
      const at = performance.now() + delay;
      if (at >= ringsAt) return;
      clearTimeout(timer);
      ringsAt = at;
      timer = setTimeout(ring, delay);
    },
    clear(): void {
      clearTimeout(timer);
      ringsAt = Number.POSITIVE_INFINITY;
    },
  };
}
