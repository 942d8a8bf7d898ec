import type { z } from 'zod';
import type { Db } from '../../db/index.ts';
import type { CallSummary, CallSummaryQuery } from './schemas.ts';
import { figuresOf } from './summary.store.ts';

const DAY_MS = 86_400_000;
/** Calls of a summary, the newest of those that match. */
const MOST_CALLS = 50_000;
/** What is not said is the last day; no summary looks further back than this from its end. */
const LONGEST_MS = 31 * DAY_MS;

/** What calls cost, how long they took and how many failed, over a time that is bounded: the answer says which it was. */
export async function summarizeCalls(
  db: Db,
  tenantId: string,
  { created_after: after, created_before: before, ...narrowing }: z.output<typeof CallSummaryQuery>,
): Promise<z.input<typeof CallSummary>> {
  const now = Date.now();
  const until = before === undefined ? now + 1_000 : Date.parse(before);
  const asked = after === undefined ? Math.min(now, until) - DAY_MS : Date.parse(after);
  const from = Math.min(Math.max(asked, until - LONGEST_MS), until);
  const figures = await db.asTenant(tenantId, (transaction) =>
    figuresOf(transaction, { narrowing, from, until, most: MOST_CALLS }),
  );
  return {
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    calls: figures.calls,
    failed: figures.failed,
    blocked: figures.blocked,
    cancelled: figures.cancelled,
    cost_nanos: figures.costNanos,
    unpriced: figures.unpriced,
    tokens: figures.tokens,
    p50_ms: figures.p50Ms,
    p95_ms: figures.p95Ms,
    is_complete: figures.calls < MOST_CALLS,
  };
}
