import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import { explainFilter, toRuleInput } from '../../engine/index.ts';
import { admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import { AppError, invalidInput, type Json, turns } from '../../kernel/index.ts';
import { latestEvent, type RecentEvent } from './recent-events.store.ts';
import { RuleTest, RuleTrial, RuleTrialResult, RuleVerdict } from './schemas.ts';

type Verdict = z.input<typeof RuleVerdict>;

const RULE = { '>': [{ var: 'payload.amount' }, 100] };
/** What one trial may take of the processor. */
const LONGEST_MS = 1_000;

abstract class TesterView extends BaseAPIView {
  override scopeResource = 'studio';
  override tag: string | undefined = 'Rules';
  override tagDescription: string | undefined = 'What a rule decides about an event, with the value of every operand.';
}

/** A rule and an event in, the verdict and its reasons out. Nothing is stored. */
export class RuleTesterView extends TesterView {
  static {
    this.describe('post', {
      summary: 'Test a rule',
      body: RuleTest,
      response: RuleVerdict,
      scope: 'studio:read',
      examples: { 'An order of more than 100': { rule: RULE, event: { type: 'order.created', payload: { amount: 120 } } } },
    });
  }
  override permissions = allow(IsAuthenticated);

  async post(ctx: Context<z.output<typeof RuleTest>>): Promise<Verdict> {
    return verdictOf(ctx.body.rule as Json, ctx.body.event as Json);
  }
}

/** The same for what has come in lately. Payloads are looked at as they are shown to whoever asks: a rule finds no secret that they may not see. */
export class RuleTrialView extends TesterView {
  static {
    this.describe('post', {
      summary: 'Try a rule on the latest events',
      description: 'Payloads are redacted before the rule sees them, unless `raw` is asked for and allowed.',
      body: RuleTrial,
      query: RawPayloadQuery,
      response: RuleTrialResult,
      scope: 'studio:read',
      examples: { 'Orders of more than 100': { rule: RULE, event_type: 'order.created' } },
    });
  }
  override permissions = allow(IsAuthenticated, HasScope('events:read'));

  async post(
    ctx: Context<z.output<typeof RuleTrial>, z.output<typeof RawPayloadQuery>>,
  ): Promise<z.input<typeof RuleTrialResult>> {
    const { rule, event_type: type, limit } = ctx.body;
    const { tenantId } = requirePrincipal(ctx);
    await admitRawPayloads(ctx, { type: 'event', id: type ?? '*' });
    const redact = redactorOf(ctx);
    const results: z.input<typeof RuleTrialResult>['results'] = [];
    let spentMs = 0;
    let isComplete = true;
    while (results.length < limit) {
      const before = results.at(-1)?.event_id;
      const event = await ctx.services.database.asTenant(tenantId, (transaction) => latestEvent(transaction, { type, before }));
      if (!event) break;
      isComplete = spentMs <= LONGEST_MS;
      if (!isComplete) break;
      // A heavy rule takes its time for each event: others go on in between.
      await turns.wait();
      const startedAt = performance.now();
      const { match, error } = verdictOf(rule as Json, inputOf(event, redact));
      spentMs += performance.now() - startedAt;
      const { id: event_id, event_type, received_at } = event;
      results.push({ event_id, event_type, received_at, match, error });
    }
    // What is wrong with the rule itself is said although there is no event.
    if (results.length === 0) verdictOf(rule as Json, {});
    return {
      matched: results.filter(({ match }) => match).length,
      failed: results.filter(({ error }) => error !== null).length,
      is_complete: isComplete,
      results,
    };
  }
}

/** @throws AppError `invalid_input` when it is no rule, with pointers below `/rule` */
function verdictOf(rule: Json, event: Json): Verdict {
  try {
    return { ...(explainFilter({ rule, event }) as { match: boolean; explain: unknown }), error: null } as Verdict;
  } catch (error) {
    if (!AppError.is(error)) throw error;
    if (error.errors) throw invalidInput(error.errors.map((issue) => ({ ...issue, pointer: `/rule${issue.pointer}` })));
    return { match: false, explain: null, error: { code: error.code, message: error.message } };
  }
}

function inputOf(row: RecentEvent, redact: (value: unknown) => Json): Json {
  return toRuleInput({
    id: row.id,
    eventType: row.event_type,
    source: row.source,
    payload: redact(row.payload) as never,
    occurredAt: row.occurred_at,
  });
}
