import { type Clock, systemClock, type ThrottleResult, type ThrottleStore, type ThrottleWindow } from '../../kernel/index.ts';

const SWEEP_EVERY_HITS = 10_000;

/**
 * Fixed windows in the memory of one process: atomic there, but every process counts on its own, and a restart forgets.
 * @example
 * createApi({ router, services: { models, throttle: new MemoryThrottleStore() } });
 */
export class MemoryThrottleStore implements ThrottleStore {
  readonly #windows = new Map<string, { count: number; endsAt: number }>();
  readonly #clock: Clock;
  #hitsUntilSweep = SWEEP_EVERY_HITS;

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  hit(key: string, { limit, windowSeconds }: ThrottleWindow): ThrottleResult {
    const now = this.#clock.now().getTime();
    this.#sweep(now);
    let window = this.#windows.get(key);
    if (!window || window.endsAt <= now) {
      window = { count: 0, endsAt: now + windowSeconds * 1_000 };
      this.#windows.set(key, window);
    }
    window.count += 1;
    return {
      allowed: window.count <= limit,
      remaining: Math.max(0, limit - window.count),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1_000)),
    };
  }

  /** Keys come from clients, so what has ended must not stay. */
  #sweep(now: number): void {
    this.#hitsUntilSweep -= 1;
    if (this.#hitsUntilSweep > 0) return;
    this.#hitsUntilSweep = SWEEP_EVERY_HITS;
    for (const [key, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(key);
  }
}
