/** Hands a single thing to one holder at a time, first come, first served. */
export interface Mutex {
  /** @param isPatient lets up to {@link GO_FIRST} who are not go first, if they came later */
  run<T>(work: () => Promise<T>, isPatient?: boolean): Promise<T>;
}

/** How many that are not patient go before one that is: so that neither waits for long, however many of the others there are. */
const GO_FIRST = 2;

export function createMutex(): Mutex {
  const line: (() => Promise<void>)[] = [];
  const patient: (() => Promise<void>)[] = [];
  let wentFirst = 0;
  let isHeld = false;

  async function serve(): Promise<void> {
    if (isHeld) return;
    isHeld = true;
    for (let next = pick(); next; next = pick()) await next();
    isHeld = false;
  }

  function pick(): (() => Promise<void>) | undefined {
    const isPatient = patient.length > 0 && (line.length === 0 || wentFirst >= GO_FIRST);
    wentFirst = isPatient ? 0 : wentFirst + 1;
    return (isPatient ? patient : line).shift();
  }

  return {
    run<T>(work: () => Promise<T>, isPatient = false): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        (isPatient ? patient : line).push(() => work().then(resolve, reject));
        void serve();
      });
    },
  };
}
