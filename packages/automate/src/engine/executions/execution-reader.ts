import type { Db } from '../../db/index.ts';
import type { LiveUpdates } from '../../jobs/index.ts';
import type { Redactor } from '../../kernel/index.ts';
import { type ExecutionEnd, endOf, firstStepsOf, type StepRow } from './execution.store.ts';
import type { Failure } from './execution.ts';
import type { Step } from './schemas.ts';
import { changesAfter, countSteps, type StepWindow, stepPage } from './step.store.ts';

/** Reads executions for people: what is shown is redacted. */
export interface ExecutionReader {
  /** The first 1,000 steps of each execution, in the order of their last change. One without steps is left out. */
  steps(tenantId: string, executionIds: readonly string[], redact?: Redactor): Promise<ReadonlyMap<string, Step[]>>;
  /** A page of the steps of an execution, in the order of their last change; it may be shorter than asked when they are large. */
  stepPage(tenantId: string, window: StepWindow, redact?: Redactor): Promise<{ steps: Step[]; hasMore: boolean }>;
  countSteps(tenantId: string, of: Pick<StepWindow, 'executionId' | 'status' | 'node'>): Promise<number>;
  /**
   * Every change behind `after`: a `step` for each step's new state, then, once the execution has ended, one `execution`
   * whose number is the last one.
   */
  follow(options: { tenantId: string; executionId: string; after: number; signal: AbortSignal }): AsyncIterable<ExecutionUpdate>;
  /** How an execution has ended, as it is stored, for code of the host; rejects with the reason of the signal. */
  ended(options: { tenantId: string; executionId: string; signal: AbortSignal }): Promise<ExecutionEnd>;
}

export type ExecutionUpdate =
  | { readonly id: string; readonly event: 'step'; readonly data: Step }
  | { readonly id: string; readonly event: 'execution'; readonly data: ExecutionEnd };

export interface ExecutionReaderOptions {
  readonly db: Db;
  readonly live: LiveUpdates;
  readonly redactFor: (tenantId: string) => Redactor;
}

/** Steps that an execution is shown with; the others are in pages. */
export const SHOWN_STEPS = 1_000;
/** Steps handed to a follower at once, fewer when they are large. */
const PAGE = 500;

export function createExecutionReader({ db, live, redactFor }: ExecutionReaderOptions): ExecutionReader {
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
    async *follow({ tenantId, executionId, after, signal }) {
      const redact = redactFor(tenantId);
      const changes = live.changesOf(executionId, signal);
      try {
        let seen = after;
        while (!signal.aborted) {
          const { steps, hasMore, end, last } = await db.asTenant(tenantId, (transaction) =>
            changesAfter(transaction, { executionId, after: seen, limit: PAGE }),
          );
          for (const row of steps) {
            seen = row.seq;
            yield { id: String(row.seq), event: 'step', data: toStep(row, redact) };
          }
          if (hasMore) continue;
          if (end) {
            if (seen <= last) yield { id: String(last + 1), event: 'execution', data: redactEnd(end, redact) };
            return;
          }
          await changes.next();
        }
      } finally {
        changes.stop();
      }
    },
  };
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

function redactEnd(end: ExecutionEnd, redact: Redactor): ExecutionEnd {
  return { ...end, output: redact(end.output), error: redact(end.error) as Failure | null };
}
