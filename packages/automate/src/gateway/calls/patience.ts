/** How long one try of a target may take; fires its signal when it took longer, or when whoever asked has gone. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Something came: from now on no pause may be longer than the idle time. */
  progress(): void;
  /** What took too long; undefined when nothing did. */
  lateness(): string | undefined;
  /** Ends the try at the provider too. */
  abort(reason?: unknown): void;
  /** The try is over. */
  stop(): void;
}

export interface PatienceLimits {
  readonly first_byte_seconds?: number;
  readonly idle_seconds?: number;
  readonly total_seconds?: number;
}

const FIRST_BYTE_SECONDS = 120;
const IDLE_SECONDS = 60;
const TOTAL_SECONDS = 600;

/** Starts to count. One timer and one listener: a call must cost little. */
export function startPatience(outer: AbortSignal, limits: PatienceLimits): Patience {
  const {
    first_byte_seconds: first = FIRST_BYTE_SECONDS,
    idle_seconds: idle = IDLE_SECONDS,
    total_seconds: total = TOTAL_SECONDS,
  } = limits;
  const controller = new AbortController();
  const end = performance.now() + total * 1_000;
  let late: string | undefined;
  let hasBegun = false;
  let lastAt = performance.now();
  const onAbort = () => controller.abort(outer.reason);
  outer.addEventListener('abort', onAbort, { once: true });
  const look = () => {
    const now = performance.now();
    const quietUntil = hasBegun ? lastAt + idle * 1_000 : lastAt + first * 1_000;
    const due = Math.min(quietUntil, end);
    if (now < due - 1) {
      timer = setTimeout(look, due - now);
      return;
    }
    late =
      now >= end - 1
        ? `It took longer than ${total} s.`
        : hasBegun
          ? `It said nothing for ${idle} s.`
          : `It did not begin to answer within ${first} s.`;
    controller.abort(new Error(late));
  };
  let timer = setTimeout(look, Math.min(first, total) * 1_000);
  return {
    signal: controller.signal,
    progress() {
      lastAt = performance.now();
      if (hasBegun) return;
      hasBegun = true;
      if (idle < first) {
        clearTimeout(timer);
        timer = setTimeout(look, Math.min(idle * 1_000, end - lastAt));
      }
    },
    lateness: () => late,
    abort: (reason) => controller.abort(reason),
    stop() {
      clearTimeout(timer);
      outer.removeEventListener('abort', onAbort);
    },
  };
}
