import { type Db, isBadStatement, type Queryable } from '../../db/index.ts';
import { createBatcher } from '../../kernel/index.ts';
import { type ClaimedJob, type JobHandler, type JobOutcome, type KnownDeadJob, leaseKey } from '../job.ts';
import type { LiveUpdates } from '../live/live.ts';
import { type Settlement, settle } from '../store/job.store.ts';

/** Stores how jobs end, together with what their ends mean. */
export interface Outcomes {
  /** False when the lease of the job was lost before. */
  store(job: ClaimedJob, outcome: JobOutcome): Promise<boolean>;
  /** What the features record of dead letters, in the transaction that makes them. */
  recordDead(transaction: Queryable, jobs: readonly KnownDeadJob[]): Promise<void>;
  /** What they do once that is committed. */
  afterDead(jobs: readonly KnownDeadJob[]): void;
  /** Resolves once nothing is being stored. */
  idle(): Promise<void>;
}

interface Outcome {
  readonly job: ClaimedJob;
  readonly outcome: JobOutcome;
}

export function createOutcomes(options: {
  db: Db;
  live: Pick<LiveUpdates, 'publish'>;
  handlers: ReadonlyMap<string, JobHandler>;
}): Outcomes {
  const { db, live, handlers } = options;

  async function recordDead(transaction: Queryable, jobs: readonly KnownDeadJob[]): Promise<void> {
    for (const [kind, mine] of Map.groupBy(jobs, (job) => job.kind)) {
      await handlers.get(kind)?.onDead?.(
        transaction,
        mine.map(({ id, error, startedAt }) => ({ id, error, startedAt })),
      );
    }
  }

  function afterDead(jobs: readonly KnownDeadJob[]): void {
    for (const { id, kind } of jobs) handlers.get(kind)?.afterDead?.([id]);
  }

  async function flush(outcomes: readonly Outcome[]): Promise<boolean[]> {
    const settlements = outcomes.map(({ job: { lease }, outcome }): Settlement => ({ lease, outcome }));
    const failed = deadAmong(outcomes);
    let dead: typeof failed = [];
    const settleAll = async (transaction: Queryable): Promise<Set<string>> => {
      const held = await settle(transaction, settlements);
      dead = failed.filter(({ key }) => held.has(key));
      await recordDead(transaction, dead);
      return held;
    };
    // What goes with an end is committed with it: what its dead letter means, and who comes into its slot next.
    const hasConsequences = failed.length > 0 || outcomes.some(({ job }) => job.slot !== null);
    const settled = hasConsequences ? await db.transaction(settleAll) : await settle(db, settlements);
    live.publish(outcomes.map(({ job }) => job.id));
    afterDead(dead);
    return outcomes.map(({ job }) => settled.has(leaseKey(job.lease)));
  }

  const store = createBatcher<Outcome, boolean>({ isolates: isBadStatement, flush });
  return { store: (job, outcome) => store({ job, outcome }), recordDead, afterDead, idle: () => store.idle() };
}

function deadAmong(outcomes: readonly Outcome[]): (KnownDeadJob & { readonly key: string })[] {
  return outcomes.flatMap(({ job: { id, kind, startedAt, lease }, outcome }) =>
    outcome.type === 'failed' ? { id, kind, startedAt, error: outcome.error, key: leaseKey(lease) } : [],
  );
}
