import { type Clock, systemClock } from '../kernel/index.ts';

/** The part of a rate rule that a store needs. */
export interface ThrottleWindow {
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface ThrottleResult {
  readonly allowed: boolean;
  /** Requests left in the window, never negative. */
  readonly remaining: number;
  /** Whole seconds until the window starts anew, at least 1. */
  readonly resetSeconds: number;
}

/** Counts one request against a key; counting and deciding must be one atomic step. */
export interface ThrottleStore {
  hit(key: string, window: ThrottleWindow): ThrottleResult | Promise<ThrottleResult>;
}

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
