import { type Db, isTimedOut } from '../../db/index.ts';
import { createSharedReads, type JobStanding, jobStanding } from '../../jobs/index.ts';
import { firstIdOf } from '../../kernel/index.ts';
import { addTo } from './durations.ts';
import {
  addGroup,
  countExecutions,
  type ExecutionTally,
  emptyTally,
  within as inTenant,
  trimGroups,
} from './executions.store.ts';
import { type ExecutionFigures, figuresOf } from './figures.ts';
import { CountedHistory } from './history.ts';
import { cuts, type Period, partsOf } from './periods.ts';
import { type NamedWorkflow, type Standing, standingOf, workflowsNamed } from './standing.store.ts';

/** What is known of a tenant at a moment. */
export interface Snapshot {
  readonly within: Period;
  readonly from: number;
  readonly now: number;
  readonly executions: ExecutionFigures;
  readonly workflows: ReadonlyMap<string, NamedWorkflow>;
  readonly standing: Standing;
  readonly jobs: JobStanding;
}

interface Kept {
  readonly executions: CountedHistory<ExecutionTally>;
  snapshot: Promise<Snapshot> | undefined;
  /** When it may be read again. */
  freshUntil: number;
  weight: number;
}

/** How long statements for one snapshot are begun, and how many rows each of them reads at most: PGlite does one thing at a time. */
const BUDGET = {
  postgres: { milliseconds: 400, rows: 50_000, atOnce: 2 },
  pglite: { milliseconds: 150, rows: 10_000, atOnce: 1 },
} as const;
const SHORTEST_MS = 1_000;
/** A snapshot is kept so many times as long as it took: the dashboards of a tenant take this part of one session at most, and more of it while they count. */
const REST = { whole: 10, counting: 2 } as const;
/** Numbers and names that are kept in memory, over all tenants. */
const MAXIMUM_WEIGHT = 300_000;

export type Snapshots = (tenantId: string, within: Period) => Promise<Snapshot>;

/** Reads snapshots of tenants: one for all who look at a time, with what was counted before. */
export function createSnapshots(db: Db): Snapshots {
  const reads = createSharedReads({ concurrency: BUDGET[db.driver].atOnce });
  const kept = new Map<string, Kept>();

  function keptOf(tenantId: string, within: Period): Kept {
    const key = `${tenantId} ${within}`;
    const found = kept.get(key) ?? newlyKept(db, tenantId, within);
    // The one that was asked for last is the last to go.
    kept.delete(key);
    kept.set(key, found);
    return found;
  }

  function letGo(): void {
    let weight = 0;
    for (const entry of kept.values()) weight += entry.weight;
    for (const [key, entry] of kept) {
      if (weight <= MAXIMUM_WEIGHT || kept.size === 1) return;
      weight -= entry.weight;
      kept.delete(key);
    }
  }

  return (tenantId, within) => {
    const entry = keptOf(tenantId, within);
    if (entry.snapshot && performance.now() < entry.freshUntil) return entry.snapshot;
    entry.freshUntil = Number.POSITIVE_INFINITY;
    let began = performance.now();
    const snapshot = reads(`dashboard ${tenantId} ${within}`, () => {
      began = performance.now();
      return read(db, entry, { tenantId, within });
    });
    entry.snapshot = snapshot;
    // One that failed is not tried again at once either, by all who look: it had its time.
    snapshot
      .catch(() => undefined)
      .then((read) => {
        const now = performance.now();
        const rest = read && read.executions.countedFrom > read.from ? REST.counting : REST.whole;
        entry.freshUntil = now + Math.max(SHORTEST_MS, rest * (now - began));
        entry.weight = weightOf(entry);
        letGo();
      });
    return snapshot;
  };
}

function newlyKept(db: Db, tenantId: string, within: Period): Kept {
  const { partMs } = cuts[within];
  const of = { tenantId, partMs };
  const limit = BUDGET[db.driver].rows;
  return {
    executions: new CountedHistory<ExecutionTally>({
      partMs,
      limit,
      read: (range) => countExecutions(db, of, range),
      empty: emptyTally,
      add: addTally,
      isFinal: ({ statuses }) => !(statuses.has('queued') || statuses.has('running') || statuses.has('waiting')),
    }),
    snapshot: undefined,
    freshUntil: 0,
    weight: 0,
  };
}

function addTally(sum: ExecutionTally, more: ExecutionTally): void {
  addTo(sum.statuses, more.statuses);
  addTo(sum.bins, more.bins);
  for (const group of more.groups.values()) addGroup(sum.groups, group);
  trimGroups(sum.groups);
}

async function read(db: Db, { executions }: Kept, { tenantId, within }: { tenantId: string; within: Period }): Promise<Snapshot> {
  const now = Date.now();
  const { milliseconds } = BUDGET[db.driver];
  const parts = partsOf(within, now);
  const standing = await standingOf(db, tenantId, firstIdOf(now - 60_000));
  const jobs = await inTenant(db, tenantId, (transaction) => jobStanding(transaction, tenantId));
  // What takes too long is not counted yet: the rest is shown, and says so.
  await executions.advance({ first: parts.before, end: parts.end }, now, milliseconds).catch((error: unknown) => {
    if (!isTimedOut(error)) throw error;
  });
  for (const [part, { tally }] of executions.parts) if (part < parts.first) tally.groups.clear();
  const figures = figuresOf({ within, now, parts, counted: executions.parts });
  const shown = [...figures.failures, ...figures.slowest].map(({ workflowId }) => workflowId);
  return {
    within,
    from: parts.first * cuts[within].partMs,
    now,
    executions: figures,
    workflows: await workflowsNamed(db, tenantId, [...new Set(shown)]),
    standing,
    jobs,
  };
}

function weightOf({ executions }: Kept): number {
  let weight = 0;
  for (const { tally } of executions.parts.values()) weight += 5 + tally.bins.size + 8 * tally.groups.size;
  return weight;
}
