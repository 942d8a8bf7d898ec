import {
  type Db,
  isBadStatement,
  isTimedOut,
  isTransient,
  isUnavailable,
  type Queryable,
  retryTransient,
} from '../../db/index.ts';
import {
  enqueue,
  fence,
  type JobOutcome,
  type Lease,
  leaseKey,
  lockLeases,
  type NewJob,
  noteProgress,
  type Settlement,
  settle,
} from '../../jobs/index.ts';
import { AppError, type Batcher, createBatcher } from '../../kernel/index.ts';
import { deleteStepWaits, deleteWaitsOf, insertEventWaits } from '../event-waits/event-wait.store.ts';
import { lookBackJob } from '../event-waits/jobs.ts';
import { insertEvents } from '../events/event.store.ts';
import type { StepEventWait } from '../events/event-wait.ts';
import { WAIT_FOR_EVENT } from '../events/event-wait.ts';
import type { StepRecord } from '../records/execution.ts';
import { takeSignals } from '../signals/signal.store.ts';
import { cancelChildren } from './children.store.ts';
import type { EmittedEvent } from './emitter.ts';
import { type ExecutionChange, updateExecutions } from './execution.store.ts';
import { type ForgottenItems, forgetUnfinished } from './items.store.ts';
import { createJournalProgress, type JournalProgress } from './journal-progress.ts';
import { type StartedExecution, startExecutions } from './start.ts';
import { upsertSteps } from './step-rows.store.ts';

/** What one execution has to say at once; all of it is stored or none. */
export interface JournalEntry {
  readonly lease: Lease;
  /** Whether earlier claims got nowhere, so that the steps stored now count as progress. */
  readonly isRecovery: boolean;
  readonly steps: readonly StepRecord[];
  /** Signals that these steps have taken. */
  readonly taken?: readonly TakenSignal[];
  /** Executions that these steps have started. */
  readonly children?: readonly StartedExecution[];
  /** Events that these steps wait for. */
  readonly eventWaits?: readonly StepEventWait[] | undefined;
  /** Events that these steps have sent. */
  readonly emitted?: readonly EmittedEvent[] | undefined;
  /** Whether nobody has to look any more for events that cancel this execution: it has ended. */
  readonly endsWaits?: boolean;
  /** Steps of this execution that do not wait any more for those they have started. */
  readonly closes?: readonly string[] | undefined;
  /** Items of loops that are to run again. */
  readonly forgets?: readonly ForgottenItems[] | undefined;
  /** Whether the executions that this one has started are cancelled, but for those that go on without it. */
  readonly cancelsChildren?: boolean;
  readonly execution?: ExecutionChange;
  /** The execution that is notified of the end of this one. */
  readonly parentId?: string | null;
  readonly job?: JobOutcome;
  /** Work that follows from it. */
  readonly jobs?: readonly NewJob[];
}

export type { ForgottenItems };

export interface TakenSignal {
  readonly signalId: string;
  /** Node path and iteration. */
  readonly by: string;
}

export interface Journal {
  /** Resolves once the entry is on disk: true; or false when the lease was lost and nothing was stored. */
  append(entry: JournalEntry): Promise<boolean>;
}

/** A journal in the database. */
export interface StoredJournal extends Journal {
  /** Whether what is appended gets stored. */
  health(): { readonly ok: boolean; readonly detail: string };
}

export interface JournalOptions {
  readonly db: Db;
  /** Called after each transaction with the executions that changed, and those that were notified. */
  onStored(executionIds: readonly string[], entries: readonly JournalEntry[], notified: readonly string[]): void;
}

/** Most bytes of inputs and outputs in one transaction. */
const MAXIMUM_BYTES = 8 * 1_048_576;

/** On a server, one transaction is prepared while another waits for the disk. PGlite has one session, so there is one. */
const SHARDS = { postgres: 2, pglite: 1 } as const;

/**
 * Group commit for executions: whatever finishes while a transaction is being written shares the next one. Each
 * transaction first makes sure of the leases it writes under, so that a worker that lost its own cannot store anything.
 */
export function createJournal(options: JournalOptions): StoredJournal {
  const progress = createJournalProgress();
  const shards = Array.from({ length: SHARDS[options.db.driver] }, () => createShard(options, progress));
  return {
    health: progress.judge,
    // Always the same shard for an execution, so that its entries are stored in the order they were appended.
    append: (entry) =>
      (shards[entry.lease.jobId.charCodeAt(entry.lease.jobId.length - 1) % shards.length] as Batcher<JournalEntry, boolean>)(
        entry,
      ),
  };
}

function createShard(options: JournalOptions, progress: JournalProgress): Batcher<JournalEntry, boolean> {
  return createBatcher<JournalEntry, boolean>({
    maxItems: 1_000,
    maxWeight: MAXIMUM_BYTES,
    isolates: isFault,
    weigh: ({ steps }) => steps.reduce((sum, step) => sum + weightOf(step), 0),
    async flush(entries) {
      // Others lock jobs too, to notify them; whoever PostgreSQL picks to give way tries again.
      const { live, notified } = await progress.watch(() => retryTransient(() => write(options.db, entries)));
      options.onStored([...new Set(live.map(({ lease }) => lease.jobId))], live, notified);
      const stored = new Set(live);
      return entries.map((entry) => stored.has(entry));
    },
  });
}

async function write(db: Db, entries: readonly JournalEntry[]): Promise<Written> {
  try {
    if (!entries.some(({ parentId }) => parentId))
      return await db.transaction((transaction) => writeAtOnce(transaction, entries));
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
  }
  return db.transaction((transaction) => writeInTurn(transaction, entries));
}

interface Written {
  readonly live: readonly JournalEntry[];
  readonly notified: string[];
}

/** Stores steps and states of executions; returns the ids of those that were notified. */
async function storeEntries(transaction: Queryable, entries: readonly JournalEntry[]): Promise<string[]> {
  const [notified] = await Promise.all([
    updateExecutions(transaction, latestChangeOf(entries)),
    upsertSteps(transaction, latestOf(entries.flatMap(({ steps }) => steps))),
  ]);
  return notified;
}

/**
 * As good as always, all leases hold: then nothing is waited for until all is sent.
 * @throws {@link LeaseLost} when one does not
 */
async function writeAtOnce(transaction: Queryable, entries: readonly JournalEntry[]): Promise<Written> {
  const settlements = settlementsOf(entries);
  const settled = new Set(settlements.map(({ lease }) => leaseKey(lease)));
  const others = distinctLeases(entries).filter((lease) => !settled.has(leaseKey(lease)));
  const [ended, fenced, notified] = await Promise.all([
    settle(transaction, settlements),
    fence(transaction, others),
    storeEntries(transaction, entries),
  ]);
  if (ended.size < settled.size || fenced.size < others.length) throw new LeaseLost();
  await storeConsequences(transaction, entries, notified);
  return { live: entries, notified };
}

class LeaseLost extends Error {}

/** One after the other: what is stored depends on the leases that hold. */
async function writeInTurn(transaction: Queryable, entries: readonly JournalEntry[]): Promise<Written> {
  // The end of a job is a fenced write in itself; for the others, nobody can take the worker's jobs back meanwhile. Where the parent
  // is notified of an end, both jobs are locked in one order first, so that nobody deadlocks.
  const held = await settle(transaction, settlementsOf(entries.filter(({ parentId }) => !parentId)));
  const others = entries.filter(({ lease }) => !held.has(leaseKey(lease)));
  const children = others.filter(({ parentId }) => parentId);
  if (children.length > 0) {
    const parents = children.flatMap(({ parentId }) => parentId ?? []);
    for (const key of await lockLeases(transaction, distinctLeases(children), parents)) held.add(key);
  }
  for (const key of await fence(transaction, distinctLeases(others.filter(({ parentId }) => !parentId)))) held.add(key);
  const live = entries.filter(({ lease }) => held.has(leaseKey(lease)));
  const notified = await storeEntries(transaction, live);
  await storeConsequences(transaction, live, notified);
  await settle(transaction, settlementsOf(live.filter(({ parentId }) => parentId)));
  return { live, notified };
}

/** @param notified is added to */
async function storeConsequences(transaction: Queryable, live: readonly JournalEntry[], notified: string[]): Promise<void> {
  await takeSignals(
    transaction,
    live.flatMap(({ taken }) => taken ?? []),
  );
  await startExecutions(
    transaction,
    live.flatMap(({ children }) => children ?? []),
  );
  await storeEventWaits(transaction, live);
  const emitted = live.flatMap((entry) => entry.emitted ?? []);
  if (emitted.length > 0) await insertEvents(transaction, emitted);
  const parents = live.flatMap(({ cancelsChildren, lease }) => (cancelsChildren ? lease.jobId : []));
  const steps = live.flatMap(({ closes = [], lease }) => closes.map((step) => ({ executionId: lease.jobId, step })));
  if (parents.length + steps.length > 0) notified.push(...(await cancelChildren(transaction, parents, steps)));
  await forgetUnfinished(
    transaction,
    live.flatMap(({ forgets }) => forgets ?? []),
  );
  await noteProgress(
    transaction,
    live.flatMap(({ lease, isRecovery, steps }) => (isRecovery && steps.length > 0 ? lease.jobId : [])),
  );
  await enqueue(
    transaction,
    live.flatMap(({ jobs }) => jobs ?? []),
  );
}

/** Steps that wait for an event from now on, and those that do not any more. */
async function storeEventWaits(transaction: Queryable, live: readonly JournalEntry[]): Promise<void> {
  const over = live.flatMap(({ steps }) =>
    steps.flatMap(({ nodeType, waitsFor, executionId, nodePath, iteration }) =>
      nodeType === WAIT_FOR_EVENT && waitsFor === null ? { executionId, step: `${nodePath}:${iteration}` } : [],
    ),
  );
  if (over.length > 0) await deleteStepWaits(transaction, over);
  await deleteWaitsOf(
    transaction,
    live.flatMap(({ endsWaits, lease }) => (endsWaits ? lease.jobId : [])),
  );
  const waits = live.flatMap(({ eventWaits }) => eventWaits ?? []);
  if (waits.length === 0) return;
  await insertEventWaits(transaction, waits);
  await enqueue(
    transaction,
    waits.flatMap((wait) => (wait.looksBack ? lookBackJob(wait) : [])),
  );
}

function settlementsOf(entries: readonly JournalEntry[]): Settlement[] {
  return entries.flatMap(({ lease, job }) => (job ? { lease, outcome: job } : []));
}

function distinctLeases(entries: readonly JournalEntry[]): Lease[] {
  return [...new Map(entries.map(({ lease }) => [leaseKey(lease), lease])).values()];
}

/** An execution may change twice before a flush; what goes with the end of its claim counts. */
function latestChangeOf(entries: readonly JournalEntry[]): ExecutionChange[] {
  const changes = new Map<string, ExecutionChange>();
  for (const { execution, job } of entries) {
    if (execution && (job || !changes.has(execution.id))) changes.set(execution.id, execution);
  }
  return [...changes.values()];
}

/** A step may change twice before a flush; one statement can store it only once. */
function latestOf(steps: readonly StepRecord[]): StepRecord[] {
  if (steps.length < 2) return [...steps];
  return [...new Map(steps.map((step) => [`${step.executionId} ${step.nodePath} ${step.iteration}`, step])).values()];
}

/** About how many bytes a step takes. */
export function weightOf({ bytes, error, seen }: StepRecord): number {
  return 500 + bytes + (error?.message.length ?? 0) + (seen?.length ?? 0);
}

/**
 * Whether an error may be the fault of what one execution has to say: the database refuses it, or it cannot even be written
 * down. It is then found among those that share a transaction, and the others are stored.
 */
function isFault(error: unknown): boolean {
  if (isBadStatement(error) || isTimedOut(error)) return true;
  // What a key or a rule of a workflow that is to be started says, and what `JSON.stringify` and `toISOString` cannot write.
  return AppError.is(error)
    ? !isUnavailable(error) && !isTransient(error)
    : error instanceof RangeError || error instanceof TypeError;
}

/** From this size on a single entry may be what takes the database too long. */
const HEAVY_BYTES = 1_048_576;

/**
 * Whether what was refused would be refused again, so that a step has failed with it.
 * @param bytes how heavy it is: who has little to say and is not heard in time suffers from something else
 */
export function isRefusal(error: unknown, bytes: number): boolean {
  return isFault(error) && (!isTimedOut(error) || bytes >= HEAVY_BYTES);
}
