import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import { explainRule, toRuleInput } from '../../engine/index.ts';
import { admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import { errorMessage, type Json, TraceId } from '../../kernel/index.ts';
import { type EventRow, eventsOf, executionsOf, MAXIMUM_ROWS, type VerdictRow, verdictsOf } from './correlation.store.ts';
import { Correlation } from './schemas.ts';

export { Correlation };

const Query = RawPayloadQuery.extend({ trace_id: TraceId });

/** Everything with one trace id: events, what each rule decided and why, executions and their steps. */
export class CorrelationExplorerView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Follow a trace', query: Query, response: Correlation });
  }
  override scopeResource = 'studio';
  override tag: string | undefined = 'Correlation';
  override tagDescription: string | undefined =
    'Everything that one cause did: events, what each rule decided, executions and their steps.';
  // It shows what these resources show.
  override permissions = allow(IsAuthenticated, HasScope('executions:read'), HasScope('events:read'), HasScope('workflows:read'));

  async get(ctx: Context<unknown, z.output<typeof Query>>): Promise<z.input<typeof Correlation>> {
    const { tenantId } = requirePrincipal(ctx);
    const { database } = ctx.services;
    const traceId = ctx.query.trace_id;
    await admitRawPayloads(ctx, { type: 'trace', id: traceId });
    const redact = redactorOf(ctx);
    const { events, verdicts, executions } = await database.asTenant(tenantId, async (transaction) => {
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
    const steps = await ctx.services.executions.reader.steps(
      tenantId,
      executions.map((execution) => execution.id),
      redact,
    );
    return {
      trace_id: traceId,
      is_truncated: events.length === MAXIMUM_ROWS || executions.length === MAXIMUM_ROWS,
      events: events.map((event) => ({
        ...event,
        payload: redact(event.payload) as z.input<typeof Correlation>['events'][number]['payload'],
        verdicts: verdicts.filter((verdict) => verdict.event_id === event.id).map((verdict) => explained(verdict, event, redact)),
      })),
      executions: executions.map((execution) => ({
        ...(execution as unknown as z.input<typeof Correlation>['executions'][number]),
        output: redact(execution.output) as null,
        error: redact(execution.error) as null,
        steps: steps.get(execution.id) ?? [],
      })),
    };
  }
}

/** Trigger and event never change, so what the rule saw can be worked out again. */
function explained(verdict: VerdictRow, event: EventRow, redact: (value: unknown) => Json) {
  return {
    ...verdict,
    match: verdict.is_match,
    filter: verdict.filter as null,
    explain: (verdict.filter === null ? null : redact(hideByPath(explain(verdict.filter, event), redact))) as null,
  };
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
    return explainRule({ rule, event }).explain;
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
