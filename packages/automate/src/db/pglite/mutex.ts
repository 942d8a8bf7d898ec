/** Hands a single thing to one holder at a time, first come, first served. */
export interface Mutex {
  /** @param isPatient takes turns with those that are not and have waited long, however many of its own kind came before them */
  run<T>(work: () => Promise<T>, isPatient?: boolean): Promise<T>;
}

interface Waiting {
  readonly since: number;
  begin(): void;
}

/** Who is not patient does not wait longer than this behind the patient. In turn at once, little work would be shared by each turn. */
const LONG_MS = 50;

export function createMutex({ now = () => performance.now() }: { now?: () => number } = {}): Mutex {
  const hurried: Waiting[] = [];
  const patient: Waiting[] = [];
  let isHeld = false;
  /** Whether the turn was given to one that had waited long: the next one goes by the order again. */
  let wasJump = false;

  function next(): Waiting | undefined {
    const [first] = hurried;
    const [other] = patient;
    if (!first || !other) return (first ? hurried : patient).shift();
    const isLate = !wasJump && now() - first.since > LONG_MS;
    wasJump = isLate && first.since > other.since;
    return (isLate || first.since <= other.since ? hurried : patient).shift();
  }

  return {
    async run(work, isPatient = false) {
      if (isHeld) await new Promise<void>((begin) => (isPatient ? patient : hurried).push({ since: now(), begin }));
      isHeld = true;
      try {
        return await work();
      } finally {
        const waiting = next();
        isHeld = waiting !== undefined;
        waiting?.begin();
      }
    },
  };
}
