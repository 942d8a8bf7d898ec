import type { ClaimedJob } from '../job.ts';

/** A job that a worker has. */
export interface JobInFlight {
  readonly job: ClaimedJob;
  readonly abort: AbortController;
  readonly claimedAt: number;
  /** Called when the job is notified. */
  readonly callbacks: Set<() => void>;
  isCancelled: boolean;
}

/** The jobs that a worker has. */
export interface InFlightJobs {
  readonly size: number;
  /** Whether one of those is among them that workers do not survive. */
  readonly hasSuspect: boolean;
  has(jobId: string): boolean;
  /** How many jobs of a lane. */
  ofLane(lane: string): number;
  take(job: ClaimedJob): JobInFlight;
  release(held: JobInFlight): void;
  /** Those that were taken this long ago. */
  takenBefore(milliseconds: number): JobInFlight[];
  all(): JobInFlight[];
  /** Ends a job that the database says is not here any more; false when it has left by itself, or was taken again since. */
  lose(held: JobInFlight): boolean;
  /** These were notified. @param jobIds default: any may have been */
  notify(jobIds?: Iterable<string>): void;
  cancel(jobIds: Iterable<string>): void;
}

export function createInFlightJobs(): InFlightJobs {
  const jobs = new Map<string, JobInFlight>();
  const lanes = new Map<string, number>();
  let suspects = 0;
  return {
    get size() {
      return jobs.size;
    },
    get hasSuspect() {
      return suspects > 0;
    },
    has: (jobId) => jobs.has(jobId),
    ofLane: (lane) => lanes.get(lane) ?? 0,
    take(job) {
      const abort = new AbortController();
      const held: JobInFlight = { job, abort, claimedAt: performance.now(), callbacks: new Set(), isCancelled: false };
      jobs.set(job.id, held);
      if (job.isSuspect) suspects += 1;
      lanes.set(job.lane, (lanes.get(job.lane) ?? 0) + 1);
      return held;
    },
    release(held) {
      const { id, lane, isSuspect } = held.job;
      if (isSuspect) suspects -= 1;
      // Given back, it may have been claimed again already.
      if (jobs.get(id) === held) jobs.delete(id);
      const left = (lanes.get(lane) ?? 0) - 1;
      if (left > 0) lanes.set(lane, left);
      else lanes.delete(lane);
    },
    takenBefore: (milliseconds) => [...jobs.values()].filter(({ claimedAt }) => claimedAt <= performance.now() - milliseconds),
    all: () => [...jobs.values()],
    lose(held) {
      if (jobs.get(held.job.id) !== held) return false;
      held.abort.abort(new Error('lease lost'));
      return true;
    },
    notify(jobIds = [...jobs.keys()]) {
      for (const id of jobIds) for (const callback of jobs.get(id)?.callbacks ?? []) callback();
    },
    cancel(jobIds) {
      for (const id of jobIds) {
        const held = jobs.get(id);
        if (!held || held.isCancelled) continue;
        held.isCancelled = true;
        held.abort.abort(new Error('the job was cancelled'));
      }
    },
  };
}
