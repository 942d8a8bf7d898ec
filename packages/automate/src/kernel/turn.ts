/** Longest time that one turn of the event loop spends on work that waits here. */
const LONGEST_MS = 20;
const LONGEST_REST_MS = 25;

/**
 * Work of many that would hold up a process if it ran back to back: timers, and whoever asks over the network, have their turn in
 * between.
 */
export interface Turns {
  /** Does it at once, or in a later turn, in the order in which it was given. */
  run(work: () => void): void;
  /** Resolves when there is time; undefined when that is now. */
  wait(): Promise<void> | undefined;
}

interface Waiting {
  readonly work: () => void;
  /** Whether it goes on only after the call, so that its time cannot be seen here. */
  readonly isLater: boolean;
}

export function createTurns(now: () => number = () => performance.now()): Turns {
  let waiting: Waiting[] = [];
  const clock = createTurnClock(now, turn);

  function turn(): void {
    let taken = 0;
    for (const { work, isLater } of waiting) {
      if (clock.isLong()) break;
      taken += 1;
      work();
      if (isLater) break;
    }
    if (taken > 0) waiting = waiting.slice(taken);
    if (waiting.length > 0) clock.schedule();
  }

  function add(work: () => void, isLater: boolean): void {
    waiting.push({ work, isLater });
    clock.schedule();
  }

  return {
    run(work) {
      if (waiting.length === 0 && !clock.isLong()) work();
      else add(work, false);
    },
    wait() {
      if (waiting.length === 0 && !clock.isLong()) return undefined;
      return new Promise((resolve) => add(resolve, true));
    },
  };
}

/** Knows how long the work of a turn has lasted, and when the next turn begins. */
interface TurnClock {
  /** Whether there is no time left in this turn, which begins with the first question. */
  isLong(): boolean;
  /** Sees to it that there is a next turn. */
  schedule(): void;
}

function createTurnClock(now: () => number, onTurn: () => void): TurnClock {
  /** When the work of this turn began. */
  let since: number | undefined;
  let isScheduled = false;
  /** How long the work of the latest turn has lasted, as far as is known. */
  let lastedMs = 0;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(rest);
  }

  /** Who asked meanwhile needs several turns to be answered, as a query does: after long work there is a pause. */
  function rest(): void {
    const spent = lastedMs;
    lastedMs = 0;
    if (spent > 2 * LONGEST_MS) setTimeout(begin, Math.min(spent / 4, LONGEST_REST_MS));
    else begin();
  }

  function begin(): void {
    isScheduled = false;
    since = undefined;
    onTurn();
  }

  return {
    schedule,
    isLong() {
      if (since === undefined) {
        since = now();
        schedule();
        return false;
      }
      lastedMs = now() - since;
      return lastedMs > LONGEST_MS;
    },
  };
}

/** Of this process, which has one event loop. */
export const turns = createTurns();
