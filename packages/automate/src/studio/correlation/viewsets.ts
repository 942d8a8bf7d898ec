import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import { readOneMoment } from '../../db/index.ts';
import { explainFilter, toRuleInput } from '../../engine/index.ts';
import { AuditModel, admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import { JobModel } from '../../jobs/index.ts';
import { errorMessage, hasScope, type Json, TraceId, turns } from '../../kernel/index.ts';
import {
  type EventRow,
  eventsOf,
  executionsOf,
  MAXIMUM_ROWS,
  MAXIMUM_VERDICTS,
  type VerdictRow,
  verdictsOf,
} from './correlation.store.ts';
import { Correlation } from './schemas.ts';

export { Correlation };

const Query = RawPayloadQuery.extend({ trace_id: TraceId });

/** Most steps of all executions together, and about how many bytes of theirs. */
const MAXIMUM_STEPS = 2_000;
const MAXIMUM_BYTES = 8 * 1_048_576;
/** What the explanations of one reply may take of the processor. */
const LONGEST_MS = 1_000;

type Reply = z.input<typeof Correlation>;

/** Everything with one trace id: events, what each rule decided and why, executions and their steps, jobs, and what was recorded. */
export class CorrelationExplorerView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Follow a trace', query: Query, response: Correlation });
  }
  override scopeResource = 'studio';
  override tag: string | undefined = 'Correlation';
  override tagDescription: string | undefined =
    'Everything that one cause did: events, what each rule decided, executions and their steps, jobs, and the audit record.';
  // It shows what these resources show.
  override permissions = allow(IsAuthenticated, HasScope('executions:read'), HasScope('events:read'), HasScope('workflows:read'));

  async get(ctx: Context<unknown, z.output<typeof Query>>): Promise<Reply> {
    const { tenantId } = requirePrincipal(ctx);
    const { database } = ctx.services;
    const traceId = ctx.query.trace_id;
    await admitRawPayloads(ctx, { type: 'trace', id: traceId });
    const redact = redactorOf(ctx);
    const { events, verdicts, executions } = await database.asTenant(tenantId, async (transaction) => {
      // An event has left the outbox with its verdicts and what it starts: shown is all of that or nothing.
      await readOneMoment(transaction);
      const found = await eventsOf(transaction, traceId);
      return {
        events: found,
        verdicts: await verdictsOf(
          transaction,
          found.map((event) => event.id),
        ),
        executions: await executionsOf(transaction, traceId),
      };
    });
    const { steps, isWhole } = await stepsOf(
      ctx,
      executions.map(({ id }) => id),
    );
    const { explanations, isExplained } = await explanationsOf(events, verdicts, redact);
    const byEvent = Map.groupBy(verdicts, ({ event_id }) => event_id);
    return {
      trace_id: traceId,
      is_truncated:
        !isWhole ||
        !isExplained ||
        verdicts.length === MAXIMUM_VERDICTS ||
        events.length === MAXIMUM_ROWS ||
        executions.length === MAXIMUM_ROWS,
      events: events.map((event) => ({
        ...event,
        payload: redact(event.payload) as Reply['events'][number]['payload'],
        verdicts: (byEvent.get(event.id) ?? []).map((verdict) => ({
          ...verdict,
          match: verdict.is_match,
          filter: verdict.filter as null,
          explain: (explanations.get(verdict) ?? null) as null,
        })),
      })),
      executions: executions.map((execution) => ({
        ...(execution as unknown as Reply['executions'][number]),
        output: redact(execution.output) as null,
        error: redact(execution.error) as null,
        steps: (steps.get(execution.id) ?? []) as Reply['executions'][number]['steps'],
      })),
      jobs: await jobsOf(ctx, traceId),
      audit: await auditOf(ctx, traceId),
    };
  }
}

/** The first steps of each execution, in the order of the executions, as long as there is room. */
async function stepsOf(ctx: Context, ids: readonly string[]) {
  const { tenantId } = requirePrincipal(ctx);
  const { reader } = ctx.services.executions;
  const steps = new Map<string, Awaited<ReturnType<typeof reader.stepPage>>['steps']>();
  let [left, bytes] = [MAXIMUM_STEPS, MAXIMUM_BYTES];
  let isWhole = true;
  for (const [index, executionId] of ids.entries()) {
    if (left <= 0 || bytes <= 0) return { steps, isWhole: false };
    // Each has its share, and what others have left over.
    const limit = Math.max(Math.ceil(left / (ids.length - index)), 1);
    const page = await reader.stepPage(tenantId, { executionId, limit, bytes: Math.ceil(bytes / 2) }, redactorOf(ctx));
    steps.set(executionId, page.steps);
    isWhole &&= !page.hasMore;
    left -= page.steps.length;
    bytes -= Buffer.byteLength(JSON.stringify(page.steps));
  }
  return { steps, isWhole };
}

async function jobsOf(ctx: Context, traceId: string): Promise<Reply['jobs']> {
  const principal = requirePrincipal(ctx);
  if (!hasScope(principal, 'jobs:read')) return null;
  const query = { filters: [isTrace(traceId)], order: [{ column: 'id', descending: false }], limit: MAXIMUM_ROWS };
  const jobs = await ctx.services.models.list(JobModel, query, { tenantId: principal.tenantId });
  const redact = redactorOf(ctx);
  return jobs.map((job) => ({ ...job, error: redact(job.error), progress: redact(job.progress) })) as unknown as Reply['jobs'];
}

async function auditOf(ctx: Context, traceId: string): Promise<Reply['audit']> {
  const principal = requirePrincipal(ctx);
  if (!hasScope(principal, 'audit:read')) return null;
  const query = { filters: [isTrace(traceId)], order: [{ column: 'seq', descending: false }], limit: MAXIMUM_ROWS };
  return (await ctx.services.models.list(AuditModel, query, { tenantId: principal.tenantId })) as unknown as Reply['audit'];
}

function isTrace(value: string) {
  return { column: 'trace_id', operator: 'exact', value } as const;
}

/** Trigger and event never change, so what each rule saw can be worked out again, as long as there is time: others go on in between. */
async function explanationsOf(events: readonly EventRow[], verdicts: readonly VerdictRow[], redact: (value: unknown) => Json) {
  const eventOf = new Map(events.map((event) => [event.id, event]));
  const explanations = new Map<VerdictRow, Json>();
  let spentMs = 0;
  for (const verdict of verdicts) {
    const event = eventOf.get(verdict.event_id);
    if (verdict.filter === null || !event) continue;
    if (spentMs > LONGEST_MS) return { explanations, isExplained: false };
    await turns.wait();
    const startedAt = performance.now();
    explanations.set(verdict, redact(hideByPath(explain(verdict.filter, event), redact)));
    spentMs += performance.now() - startedAt;
  }
  return { explanations, isExplained: true };
}

function explain(rule: Json, row: EventRow): Explained {
  const event = toRuleInput({
    id: row.id,
    eventType: row.event_type,
    source: row.source,
    payload: row.payload,
    occurredAt: row.occurred_at,
  });
  try {
    return explainFilter({ rule, event }).explain;
  } catch (error) {
    return { error: errorMessage(error) };
  }
}

/** In an explanation a value stands away from its name: the name that the path ends with decides whether it is a secret. */
function hideByPath(node: Explained, redact: (value: unknown) => Json): Explained {
  const name = node.path?.split('.').at(-1);
  const shown = name === undefined ? undefined : (redact({ [name]: node.value }) as Record<string, Json>);
  return {
    ...node,
    ...(name === undefined ? {} : { value: shown?.[name] ?? null }),
    ...(node.arguments ? { arguments: node.arguments.map((operand) => hideByPath(operand, redact)) } : {}),
  };
}

interface Explained {
  readonly path?: string;
  readonly value?: unknown;
  readonly arguments?: readonly Explained[];
  readonly error?: string;
}
