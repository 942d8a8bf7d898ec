import { TransientMap } from '../../kernel/index.ts';
import type { ClaimedJob } from '../job.ts';

/** A job that a worker has in hand. */
export interface JobInHand {
  readonly job: ClaimedJob;
  readonly abort: AbortController;
  readonly claimedAt: number;
  /** Called when the job is told something. */
  readonly callbacks: Set<() => void>;
  isCancelled: boolean;
}

/** What a worker has in hand. */
export interface InHand {
  readonly size: number;
  has(jobId: string): boolean;
  /** How many jobs of a lane. */
  ofLane(lane: string): number;
  take(job: ClaimedJob): JobInHand;
  release(held: JobInHand): void;
  /** Those that were taken this long ago. */
  takenBefore(milliseconds: number): JobInHand[];
  all(): JobInHand[];
  /** Ends a job that the database says is not here any more; false when it has left by itself, or was taken again since. */
  lose(held: JobInHand): boolean;
  /** Says that these were told something. @param jobIds default: any may have been */
  signal(jobIds?: Iterable<string>): void;
  cancel(jobIds: Iterable<string>): void;
}

export function createInHand(): InHand {
  const jobs = new TransientMap<JobInHand>();
  const lanes = new Map<string, number>();
  return {
    get size() {
      return jobs.size;
    },
    has: (jobId) => jobs.has(jobId),
    ofLane: (lane) => lanes.get(lane) ?? 0,
    take(job) {
      const abort = new AbortController();
      const held: JobInHand = { job, abort, claimedAt: performance.now(), callbacks: new Set(), isCancelled: false };
      jobs.set(job.id, held);
      lanes.set(job.lane, (lanes.get(job.lane) ?? 0) + 1);
      return held;
    },
    release(held) {
      const { id, lane } = held.job;
      // Given back, it may have been claimed again already.
      if (jobs.get(id) === held) jobs.delete(id);
      const left = (lanes.get(lane) ?? 0) - 1;
      if (left > 0) lanes.set(lane, left);
      else lanes.delete(lane);
    },
    takenBefore: (milliseconds) => jobs.values().filter(({ claimedAt }) => claimedAt <= performance.now() - milliseconds),
    all: () => jobs.values(),
    lose(held) {
      if (jobs.get(held.job.id) !== held) return false;
      held.abort.abort(new Error('lease lost'));
      return true;
    },
    signal(jobIds = jobs.keys()) {
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
