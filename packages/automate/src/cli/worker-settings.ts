/** What says what a worker does. */
export interface WorkerOptions {
  readonly concurrency?: string;
  readonly lanes?: string;
  readonly kinds?: string;
}

/** These options as the environment variables that they stand for; what is not given stays as it is. */
export function environmentOf({ concurrency, lanes, kinds }: WorkerOptions): Record<string, string> {
  const given = { AUTOMATE_WORKER_CONCURRENCY: concurrency, AUTOMATE_WORKER_LANES: lanes, AUTOMATE_WORKER_KINDS: kinds };
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
