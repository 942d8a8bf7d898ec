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
