/** Hands a single thing to one holder at a time, first come, first served. */
export interface Mutex {
  /** @param isPatient takes turns with all who are not, however many of its own kind there are */
  run<T>(work: () => Promise<T>, isPatient?: boolean): Promise<T>;
}

export function createMutex(): Mutex {
  const line: (() => Promise<void>)[] = [];
  const patient: (() => Promise<void>)[] = [];
  let isTurnOfPatient = false;
  let isHeld = false;

  async function serve(): Promise<void> {
    if (isHeld) return;
    isHeld = true;
    for (let next = pick(); next; next = pick()) await next();
    isHeld = false;
  }

  function pick(): (() => Promise<void>) | undefined {
    const isPatient = patient.length > 0 && (isTurnOfPatient || line.length === 0);
    isTurnOfPatient = !isPatient;
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
