import type { Db } from '../../db/index.ts';
import { type Holding, holdingOf, register, renew, unregister } from '../store/lease.store.ts';

/** The lease of a worker on everything that it has in flight. */
export interface WorkerLease {
  /** The name that claims are made under. */
  owner(): string;
  begin(): Promise<void>;
  /**
   * Extends it. Returns what the database says the worker has, nothing when the lease was taken from it, and what of that nobody here has
   * known of for two heartbeats: its outcome could not be stored, or the answer to a claim got lost.
   */
  heartbeat(isKnown: (jobId: string) => boolean): Promise<Holding & { readonly orphaned: readonly string[] }>;
  /** Whether, less than a lease's time ago, it could not be extended, or so late that it may have run out meanwhile. */
  missedRenewal(): boolean;
  end(): Promise<void>;
}

export interface WorkerLeaseOptions {
  readonly db: Db;
  readonly name: string;
  readonly seconds: number;
  /** How many jobs the worker takes at once, for others to see. */
  readonly concurrency: number;
}

export function createWorkerLease({ db, name, seconds, concurrency }: WorkerLeaseOptions): WorkerLease {
  let owner = name;
  let names = 0;
  let unknownBefore: ReadonlySet<string> = new Set();
  let missedAt = Number.NEGATIVE_INFINITY;

  /** A lease that was taken away is never its own again: the worker goes on under another name. */
  async function begin(): Promise<void> {
    names += 1;
    const next = names === 1 ? name : `${name}:${names}`;
    await register(db, { owner: next, leaseSeconds: seconds, concurrency });
    owner = next;
  }

  async function extend(isKnown: (jobId: string) => boolean): Promise<Holding & { readonly orphaned: readonly string[] }> {
    if (!(await renew(db, owner, seconds))) {
      await begin();
      return { held: new Set(), notified: [], cancelled: [], orphaned: [] };
    }
    const holding = await holdingOf(db, owner);
    // A claim may be under way at one heartbeat, but not at two.
    const unknown = [...holding.held].filter((id) => !isKnown(id));
    const orphaned = unknown.filter((id) => unknownBefore.has(id));
    unknownBefore = new Set(unknown);
    return { ...holding, orphaned };
  }

  return {
    owner: () => owner,
    begin,
    async heartbeat(isKnown) {
      const began = performance.now();
      let isLate = true;
      try {
        const holding = await extend(isKnown);
        isLate = performance.now() - began > seconds * 1_000;
        return holding;
      } finally {
        if (isLate) missedAt = performance.now();
      }
    },
    missedRenewal: () => performance.now() - missedAt <= seconds * 1_000,
    end: () => unregister(db, owner),
  };
}
