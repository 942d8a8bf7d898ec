import type { WorkerProcess } from './server-process.ts';

/** Starts a worker again whenever it ends, as a supervisor does; returns how to end that. */
export function supervise(start: () => Promise<WorkerProcess>): { starts(): number; stop(): Promise<void> } {
  let isStopped = false;
  let starts = 0;
  let current: Promise<WorkerProcess | undefined> | undefined;
  const running = (async () => {
    while (!isStopped) {
      starts += 1;
      // It may end before it is ready.
      current = start().catch(() => undefined);
      await (await current)?.ended;
    }
  })();
  return {
    starts: () => starts,
    async stop() {
      isStopped = true;
      await (await current)?.kill();
      await running;
    },
  };
}
