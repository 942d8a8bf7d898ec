import { z } from 'zod';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { eventSignal, WAIT_FOR_EVENT } from '../../events/event-wait.ts';
import { compileMatch, matchIssues } from '../../events/match.ts';
import { AnyJson, EventTypePattern } from '../../schemas.ts';
import { defineCompiledStep } from '../define-step.ts';
import { issuesAt } from '../issues.ts';
import { stepKeyOf, TIMEOUT_ROUTE, timeoutAt, waitedInVain } from '../waiting.ts';

/** Goes on when an event has come that fits, days later, once. Nothing waits in memory. */
export const coreWaitForEvent = defineCompiledStep({
  type: WAIT_FOR_EVENT,
  description: 'Waits for an event.',
  inputKind: 'rendered',
  config: z.strictObject({
    event_type: EventTypePattern.describe('Of the event, for example `payment.received` or `payment.*`'),
    match: AnyJson.optional().describe(
      'JSONLogic that sees the event that came at its root, as a filter does, and beside it what steps see: ' +
        '`{"==": [{"var": "payload.order_id"}, {"var": "event.payload.order_id"}]}`. Default: every event of the type',
    ),
    since: z
      .enum(['start', 'now'])
      .default('start')
      .describe('Whether an event counts that came before the step was reached, since the start of the execution'),
    timeout_seconds: z.number().positive().max(31_622_400).optional().describe('Leaves by `"timeout"` then'),
  }),
  fields: { match: 'condition' },
  routes: () => [TIMEOUT_ROUTE],
  compile({ event_type: eventType, match: rule, since, timeout_seconds }) {
    if (rule !== undefined) issuesAt('/match', matchIssues(rule));
    const match = compileMatch(rule);
    return {
      input: (scope) => ({
        event_type: eventType,
        match: (rule as Json | undefined) ?? null,
        values: match(scope).values,
        since,
      }),
      run(input, context) {
        // Of the first try, as all that is frozen of it.
        const { values } = input as { values: JsonObject };
        const looksBack = since === 'start';
        return {
          output: null,
          waitsFor: eventSignal(stepKeyOf(context)),
          awaits: { eventType, match: match(values), looksBack },
          ...timeoutAt(timeout_seconds, context),
        };
      },
      exclusiveRoutes: [TIMEOUT_ROUTE],
      resume: (_input, data) => (data === undefined ? waitedInVain() : { output: data }),
    };
  },
});
