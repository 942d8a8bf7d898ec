/** What is known of whether events are dispatched. */
export interface DispatchProgress {
  /** Events have left the outbox. */
  advanced(): void;
  /** A part of a round has ended well, whether there was something to do or not. */
  worked(part: 'dispatch' | 'release'): void;
  failed(): void;
  /** @param oldestSeconds how long the event has waited that has waited longest; 0 when none waits */
  judge(oldestSeconds: number): { readonly ok: boolean; readonly detail: string };
}

/** How long it may fail, and how long events may wait while none is dispatched. A single failure is tried again after a second. */
const FAILING_SECONDS = 5;
const STALLED_SECONDS = 30;

export function createProgress(now: () => number = Date.now): DispatchProgress {
  let advancedAt = now();
  let failing: { readonly since: number; readonly part: 'dispatch' | 'release' } | undefined;
  let last: 'dispatch' | 'release' = 'release';
  return {
    advanced() {
      advancedAt = now();
    },
    worked(part) {
      last = part;
      if (failing?.part === part) failing = undefined;
    },
    failed() {
      // Each round dispatches first.
      const part = last === 'dispatch' ? 'release' : 'dispatch';
      last = 'release';
      failing ??= { since: now(), part };
    },
    judge(oldestSeconds) {
      if (failing && now() - failing.since >= FAILING_SECONDS * 1_000) {
        const what = failing.part === 'dispatch' ? 'events are not dispatched' : 'gathered events are not released';
        return { ok: false, detail: `${what} since ${iso(failing.since)}; the log says why` };
      }
      if (oldestSeconds >= STALLED_SECONDS && now() - advancedAt >= STALLED_SECONDS * 1_000) {
        const seconds = Math.floor(oldestSeconds);
        return { ok: false, detail: `no event was dispatched since ${iso(advancedAt)}, and the oldest waits for ${seconds} s` };
      }
      return { ok: true, detail: 'dispatching events' };
    },
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
