/** Hands a single thing to one holder at a time, first come, first served. */
export interface Mutex {
  /** @param isPatient takes turns with all who are not, however many of its own kind there are */
  run<T>(work: () => Promise<T>, isPatient?: boolean): Promise<T>;
}

export function createMutex(): Mutex {
  const line: (() => void)[] = [];
  const patient: (() => void)[] = [];
  let isHeld = false;
  let isTurnOfPatient = false;

  function passOn(): void {
    const next = (patient.length > 0 && (isTurnOfPatient || line.length === 0) ? patient : line).shift();
    isHeld = next !== undefined;
    next?.();
  }

  return {
    async run(work, isPatient = false) {
      if (isHeld) await new Promise<void>((begin) => (isPatient ? patient : line).push(begin));
      isHeld = true;
      isTurnOfPatient = !isPatient;
      try {
        return await work();
      } finally {
        passOn();
      }
    },
  };
}
