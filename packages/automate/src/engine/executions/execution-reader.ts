import type { Db } from '../../db/index.ts';
import type { LiveUpdates, SharedReads } from '../../jobs/index.ts';
import type { Redactor } from '../../kernel/index.ts';
import { type ExecutionEnd, endOf } from '../journal/execution.store.ts';
import { firstStepsOf, type StepRow } from '../journal/step-rows.store.ts';
import type { Failure } from '../records/execution.ts';
import type { Step } from '../records/schemas.ts';
import type { ExecutionProgress } from './schemas.ts';
import {
  type Changes,
  changesAfter,
  countSteps,
  type ExecutionState,
  type StepFilter,
  type StepWindow,
  stepPage,
} from './step.store.ts';

/** Reads executions for people: what is shown is redacted. */
export interface ExecutionReader {
  /** The first 1,000 steps of each execution, in the order of their last change. One without steps is left out. */
  steps(tenantId: string, executionIds: readonly string[], redact?: Redactor): Promise<ReadonlyMap<string, Step[]>>;
  /** A page of the steps of an execution, in the order of their last change; it may be shorter than asked when they are large. */
  stepPage(tenantId: string, window: StepWindow, redact?: Redactor): Promise<{ steps: Step[]; hasMore: boolean }>;
  countSteps(tenantId: string, of: StepFilter): Promise<number>;
  /**
   * Every change behind `after`, or all: a `step` for each step's new state, a `status` for each status of the execution, then, once
   * it has ended, one `execution` whose number is the last one.
   */
  follow(options: {
    tenantId: string;
    executionId: string;
    after: number | undefined;
    signal: AbortSignal;
  }): AsyncIterable<ExecutionUpdate>;
  /** How an execution has ended, as it is stored, for code of the host; rejects with the reason of the signal. */
  ended(options: { tenantId: string; executionId: string; signal: AbortSignal }): Promise<ExecutionEnd>;
}

export type ExecutionUpdate =
  | { readonly id: string; readonly event: 'step'; readonly data: Step }
  | { readonly id: string; readonly event: 'status'; readonly data: ExecutionProgress }
  | { readonly id: string; readonly event: 'execution'; readonly data: ExecutionEnd };

export interface ExecutionReaderOptions {
  readonly db: Db;
  readonly live: LiveUpdates;
  readonly reads: SharedReads;
  readonly redactFor: (tenantId: string) => Redactor;
}

/** Steps that an execution is shown with; the others are in pages. */
export const SHOWN_STEPS = 1_000;
/** Steps handed to a follower at once, fewer when they are large. */
const PAGE = 500;

/** The next changes of an execution as its followers are sent them. */
interface News {
  readonly updates: readonly ExecutionUpdate[];
  /** Number of the last of them. */
  readonly seen: number;
  readonly hasMore: boolean;
  readonly isOver: boolean;
}

export function createExecutionReader({ db, live, reads, redactFor }: ExecutionReaderOptions): ExecutionReader {
  return {
    async steps(tenantId, executionIds, redact = redactFor(tenantId)) {
      const found = await db.asTenant(tenantId, (transaction) => firstStepsOf(transaction, executionIds, SHOWN_STEPS));
      return new Map([...found].map(([id, rows]) => [id, rows.map((row) => toStep(row, redact))]));
    },
    async stepPage(tenantId, window, redact = redactFor(tenantId)) {
      const { steps, hasMore } = await db.asTenant(tenantId, (transaction) => stepPage(transaction, window));
      return { steps: steps.map((row) => toStep(row, redact)), hasMore };
    },
    countSteps: (tenantId, of) => db.asTenant(tenantId, (transaction) => countSteps(transaction, of)),
    async ended({ tenantId, executionId, signal }) {
      const changes = live.changesOf(executionId, signal);
      try {
        for (;;) {
          signal.throwIfAborted();
          const end = await db.asTenant(tenantId, (transaction) => endOf(transaction, executionId));
          if (end) return end;
          await changes.next();
        }
      } finally {
        changes.stop();
      }
    },
    async *follow({ tenantId, executionId, after = -1, signal }) {
      const changes = live.changesOf(executionId, signal);
      try {
        let seen = after;
        while (!signal.aborted) {
          const found = await reads(`execution ${tenantId} ${executionId} ${seen}`, () =>
            newsOf(db, { tenantId, executionId, after: seen, redact: redactFor(tenantId) }),
          );
          if (!found) return; // deleted, since its time was over
          yield* found.updates;
          seen = found.seen;
          if (found.isOver) return;
          if (!found.hasMore) await changes.next();
        }
      } finally {
        changes.stop();
      }
    },
  };
}

/** Undefined when the execution is gone. */
async function newsOf(
  db: Db,
  { tenantId, executionId, after, redact }: { tenantId: string; executionId: string; after: number; redact: Redactor },
): Promise<News | undefined> {
  const found = await db.asTenant(tenantId, (transaction) => changesAfter(transaction, { executionId, after, limit: PAGE }));
  if (!found) return undefined;
  const { hasMore, state, last } = found;
  const updates = inOrder(found, after).map((change): ExecutionUpdate => {
    const id = String(change.seq);
    if ('node_path' in change) return { id, event: 'step', data: toStep(change, redact) };
    return { id, event: 'status', data: change.data };
  });
  const seen = Number(updates.at(-1)?.id ?? after);
  const isOver = !hasMore && state.finished_at !== null;
  if (isOver && seen <= last) updates.push({ id: String(last + 1), event: 'execution', data: toEnd(state, redact) });
  return { updates, seen, hasMore, isOver };
}

function toStep(row: StepRow, redact: Redactor): Step {
  return {
    node: row.node_path,
    iteration: row.iteration,
    seq: row.seq,
    type: row.node_type,
    status: row.status,
    route: row.route,
    input: redact(row.input) as Step['input'],
    output: redact(row.output) as Step['output'],
    error: redact(row.error) as Step['error'],
    attempts: row.attempts,
    resume_at: row.resume_at,
    waits_for: row.waits_for,
    started_at: row.started_at,
    finished_at: row.finished_at,
  };
}

/** Steps, and the status where it stands among them; what lies behind a page that is not the last comes with the next one. */
function inOrder({ steps, hasMore, state }: Changes, seen: number): (StepRow | { seq: number; data: ExecutionProgress })[] {
  const { id, status, ending, started_at, finished_at, status_seq: seq } = state;
  const isNews = finished_at === null && seq > seen && (!hasMore || seq < (steps.at(-1)?.seq ?? 0));
  if (!isNews) return [...steps];
  return [...steps, { seq, data: { id, status, ending, started_at } }].sort((left, right) => left.seq - right.seq);
}

function toEnd({ id, status, output, error, finished_at }: ExecutionState, redact: Redactor): ExecutionEnd {
  return { id, status, output: redact(output), error: redact(error) as Failure | null, finished_at };
}
