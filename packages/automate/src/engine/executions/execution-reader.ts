import type { Db, Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import type { Failure, StepStatus } from './execution.ts';
import type { LiveUpdates } from './live.ts';
import type { Step } from './schemas.ts';

/** Reads executions for people: what is shown is redacted. */
export interface ExecutionReader {
  /** The steps so far, in the order of their last change. */
  steps(tenantId: string, executionId: string): Promise<Step[]>;
  /**
   * Every change behind `after`: a `step` for each step's new state, then, once the execution has ended, one `execution`
   * whose number is the last one.
   */
  follow(options: { tenantId: string; executionId: string; after: number; signal: AbortSignal }): AsyncIterable<ExecutionUpdate>;
}

export type ExecutionUpdate =
  | { readonly id: string; readonly event: 'step'; readonly data: Step }
  | { readonly id: string; readonly event: 'execution'; readonly data: ExecutionEnd };

export interface ExecutionEnd {
  readonly id: string;
  readonly status: string;
  readonly output: Json;
  readonly error: Failure | null;
  readonly finished_at: string;
}

export interface ExecutionReaderOptions {
  readonly db: Db;
  readonly live: LiveUpdates;
  readonly redact: (value: unknown) => Json;
}

/** Steps handed to a follower at once. */
const PAGE = 500;

export function createExecutionReader({ db, live, redact }: ExecutionReaderOptions): ExecutionReader {
  return {
    steps: (tenantId, executionId) =>
      db.asTenant(tenantId, async (transaction) => {
        const { rows } = await transaction.query<StepRow>('select * from step_runs where execution_id = $1 order by seq', [
          executionId,
        ]);
        return rows.map((row) => toStep(row, redact));
      }),
    async *follow({ tenantId, executionId, after, signal }) {
      let wake: () => void = () => undefined;
      let isChanged = true;
      const stop = live.follow(executionId, () => {
        isChanged = true;
        wake();
      });
      signal.addEventListener('abort', () => wake(), { once: true });
      try {
        let seen = after;
        while (!signal.aborted) {
          isChanged = false;
          const { steps, end, last } = await db.asTenant(tenantId, (transaction) => changesAfter(transaction, executionId, seen));
          for (const row of steps) {
            seen = row.seq;
            yield { id: String(row.seq), event: 'step', data: toStep(row, redact) };
          }
          if (steps.length === PAGE) continue;
          if (end) {
            if (seen <= last) yield { id: String(last + 1), event: 'execution', data: redactEnd(end, redact) };
            return;
          }
          if (!isChanged && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        stop();
      }
    },
  };
}

/** Looks at the execution before its steps: once it has ended, no step changes any more, so none can be missed. */
async function changesAfter(
  transaction: Queryable,
  executionId: string,
  after: number,
): Promise<{ steps: StepRow[]; end: ExecutionEnd | undefined; last: number }> {
  const ended = await transaction.query<ExecutionEnd>(
    `select id, status, output, error, finished_at from executions
     where id = $1 and status in ('succeeded', 'failed', 'cancelled')`,
    [executionId],
  );
  const { rows } = await transaction.query<StepRow>(
    'select * from step_runs where execution_id = $1 and seq > $2 order by seq limit $3',
    [executionId, after, PAGE],
  );
  const highest = await transaction.query<{ last: number }>(
    'select coalesce(max(seq), 0) as last from step_runs where execution_id = $1',
    [executionId],
  );
  return { steps: rows, end: ended.rows[0], last: highest.rows[0]?.last ?? 0 };
}

interface StepRow {
  node_path: string;
  iteration: number;
  seq: number;
  node_type: string;
  status: StepStatus;
  route: string | null;
  input: Json;
  output: Json;
  error: Failure | null;
  attempts: number;
  resume_at: string | null;
  started_at: string | null;
  finished_at: string | null;
}

function toStep(row: StepRow, redact: (value: unknown) => Json): Step {
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
    started_at: row.started_at,
    finished_at: row.finished_at,
  };
}

function redactEnd(end: ExecutionEnd, redact: (value: unknown) => Json): ExecutionEnd {
  return { ...end, output: redact(end.output), error: redact(end.error) as Failure | null };
}
