import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A request that is sent ten times a second. */
export interface Probe {
  readonly name: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How it was answered. `ms` leaves out what the asking thread itself was late. */
export interface Probed {
  readonly name: string;
  /** 0: not at all. */
  readonly status: number;
  readonly ms: number;
}

/** Asks in a thread of its own until `stop`, which resolves with all answers. */
export function startProbing(probes: readonly Probe[]): { stop(): Promise<Probed[]> } {
  const worker = new Worker(new URL('./probing-thread.ts', import.meta.url), { workerData: { probes } });
  return {
    async stop() {
      worker.postMessage('stop');
      const [results] = (await once(worker, 'message')) as [Probed[]];
      await worker.terminate();
      return results;
    },
  };
}

/** Of the answers under a name: how many, the longest, and those that took longer than the limit or were no 200. */
export function summary(
  results: readonly Probed[],
  name: string,
  limitMs: number,
): { count: number; longestMs: number; late: number } {
  const own = results.filter((result) => result.name === name);
  return {
    count: own.length,
    longestMs: Math.round(Math.max(0, ...own.map(({ ms }) => ms))),
    late: own.filter(({ ms, status }) => ms > limitMs || status !== 200).length,
  };
}
