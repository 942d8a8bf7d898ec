import { type Queryable, storedSize } from '../../db/index.ts';
import type { ExecutionEnd } from '../journal/execution.store.ts';
import type { StepRow } from '../journal/step-rows.store.ts';
import type { Ending } from '../records/execution.ts';
import type { ExecutionStatus } from '../records/status.ts';

const PAGE_BYTES = 4 * 1_048_576;

/** The same for whoever follows an execution: for each of them a page is in memory for as long as they take to read it. */
const FOLLOWED_BYTES = 256 * 1_024;

/** Which steps of an execution. */
export interface StepFilter {
  readonly executionId: string;
  readonly status?: string | undefined;
  readonly node?: string | undefined;
  readonly iteration?: number | undefined;
  /** Only what runs in this loop or group, at any depth. */
  readonly within?: string | undefined;
  /** Only what is in no loop or group. */
  readonly isTop?: boolean | undefined;
  /** Is looked for in path, type and code of the failure: what can be redacted is not searched. */
  readonly search?: string | undefined;
}

export interface StepWindow extends StepFilter {
  /** Position to start behind or, when `backward`, to end before. */
  readonly after?: number | undefined;
  readonly backward?: boolean;
  readonly limit: number;
  /** Bytes of inputs and outputs at most, unless a single step has more. Default 4 MiB. */
  readonly bytes?: number;
}

const CONDITION = `execution_id = $1 and ($2::text is null or status = $2) and ($3::text is null or node_path = $3)
  and ($4::int is null or iteration = $4) and ($5::text is null or starts_with(node_path, $5 || '/'))
  and (not $6::boolean or strpos(node_path, '/') = 0)
  and ($7::text is null or strpos(lower(concat_ws(' ', node_path, node_type, error ->> 'code')), lower($7)) > 0)`;

function valuesOf({ executionId, status, node, iteration, within, isTop, search }: StepFilter) {
  return [executionId, status ?? null, node ?? null, iteration ?? null, within ?? null, isTop ?? false, search ?? null];
}

/** The next steps in the order of their last changes, as many as fit; `hasMore` says whether others follow. */
export async function stepPage(
  transaction: Queryable,
  { after, backward = false, limit, bytes = PAGE_BYTES, ...filter }: StepWindow,
): Promise<{ steps: StepRow[]; hasMore: boolean }> {
  const [compare, direction] = backward ? ['<', 'desc'] : ['>', 'asc'];
  // The steps of an execution are read once; large values stay where they are stored until it is known which rows are shown,
  // and those are then fetched by where they lie. An index by `seq` would have to be paid for by each step that runs.
  const { rows } = await transaction.query<StepRow & { found: number }>(
    `with page as (
       select ctid, seq, input, output from step_runs
       where ${CONDITION} and ($8::int is null or seq ${compare} $8) order by seq ${direction} limit $9 + 1
     ), placed as materialized (
       select ctid, row_number() over (order by seq ${direction})::int as place,
         sum(${storedSize('input')} + ${storedSize('output')}) over (order by seq ${direction}) as upto from page
     )
     select *, (select count(*) from placed)::int as found from step_runs
     where execution_id = $1
       and ctid = any(array(select ctid from placed where (place = 1 or upto <= $10) and place <= $9)) order by seq`,
    [...valuesOf(filter), after ?? null, limit, bytes],
  );
  return { steps: rows, hasMore: (rows[0]?.found ?? 0) > rows.length };
}

export async function countSteps(transaction: Queryable, filter: StepFilter): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*) as count from step_runs where ${CONDITION}`,
    valuesOf(filter),
  );
  return Number(rows[0]?.count);
}

export interface ExecutionState extends ExecutionEnd {
  readonly status: ExecutionStatus;
  readonly ending: Ending | null;
  readonly started_at: string | null;
  /** Position of the status among the changes. */
  readonly status_seq: number;
}

export interface Changes {
  readonly steps: readonly StepRow[];
  readonly hasMore: boolean;
  readonly state: ExecutionState;
  /** Number of the latest change. */
  readonly last: number;
}

/**
 * What changed behind `after`; undefined when there is no such execution. The execution is looked at before and after its steps:
 * as long as its status has the same number, no step that was stored with a later status can be among them, and none from before
 * can be missing. Once it has ended, no step changes any more.
 */
export async function changesAfter(
  transaction: Queryable,
  { executionId, after, limit }: { executionId: string; after: number; limit: number },
): Promise<Changes | undefined> {
  for (;;) {
    const found = await transaction.query<ExecutionState>(
      'select id, status, ending, output, error, started_at, finished_at, status_seq from executions where id = $1',
      [executionId],
    );
    const state = found.rows[0];
    if (!state) return undefined;
    const page = await stepPage(transaction, { executionId, after, limit, bytes: FOLLOWED_BYTES });
    const now = await transaction.query<{ status_seq: number; last: number }>(
      `select status_seq, greatest(status_seq, (select max(seq) from step_runs where execution_id = $1)) as last
       from executions where id = $1`,
      [executionId],
    );
    if (now.rows[0]?.status_seq === state.status_seq) return { ...page, state, last: now.rows[0].last };
  }
}

/** How executions stand, in a few characters that differ after every change. */
export async function versionsOf(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; version: string }>(
    `select id, concat_ws(' ', status, status_seq, (select max(seq) from step_runs where execution_id = executions.id)) as version
     from executions where id = any($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
