import type { Queryable } from '../../db/index.ts';
import { orChange, setBy } from '../../governance/index.ts';
import type { Json, ThrottleStore } from '../../kernel/index.ts';
import type { CountActive, EffectiveRules } from './effective-rules.ts';
import { executionPolicyErrors } from './errors.ts';
import { engineRules } from './rules.ts';

/** The limits of what comes in. */
export interface EventLimits {
  /** @throws AppError `policy_payload_too_large` @param which begins the sentence */
  requireSize(rules: EffectiveRules, payload: Json, which: string): void;
  /** @throws AppError `policy_executions_limited` */
  requireFewActive(queryable: Queryable, asked: { tenantId: string; rules: EffectiveRules; others: number }): Promise<void>;
  /** Counts events. @throws AppError `policy_events_limited` */
  countEvents(tenantId: string, rules: EffectiveRules, count: number): Promise<void>;
}

const RETRY_AFTER_SECONDS = 5;

export function createEventLimits({ throttle, countActive }: { throttle: ThrottleStore; countActive: CountActive }): EventLimits {
  return {
    requireSize({ payloadBytes: { value, source } }, payload, which) {
      if (value === null) return;
      const bytes = Buffer.byteLength(JSON.stringify(payload));
      if (bytes <= value) return;
      throw executionPolicyErrors.policy_payload_too_large(
        `${which} has ${bytes} bytes and may have ${value}: ${setBy(engineRules.maxEventPayloadBytes, source)}. Send less, ${orChange(source)}`,
      );
    },
    async requireFewActive(queryable, { tenantId, rules, others }) {
      const { value, source } = rules.active;
      if (value === null) return;
      const active = (await countActive(queryable, tenantId, Math.max(value - others, 0))) + others;
      if (active < value) return;
      throw executionPolicyErrors.policy_executions_limited(
        `Executions that are queued or run: ${active} or more, and there may be ${value}: ${setBy(engineRules.maxActiveExecutions, source)}. Try again in ${RETRY_AFTER_SECONDS} s, ${orChange(source)}`,
        { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
      );
    },
    async countEvents(tenantId, { eventsPerMinute: { value, source } }, count) {
      if (value === null) return;
      const why = setBy(engineRules.maxEventsPerMinute, source);
      if (count > value && count > 1) {
        throw executionPolicyErrors.policy_events_limited(
          `${count} events at once, and ${value} a minute are taken: ${why}. Send fewer at once, ${orChange(source)}`,
          { headers: { 'retry-after': '60' } },
        );
      }
      // With the limit in the key, a new limit counts from the start.
      const key = `policy:events:${value}:${tenantId}`;
      const hits = await Promise.all(Array.from({ length: count }, () => throttle.hit(key, { limit: value, windowSeconds: 60 })));
      const refused = hits.find(({ allowed }) => !allowed);
      if (!refused) return;
      throw executionPolicyErrors.policy_events_limited(
        `More than ${value} events in a minute: ${why}. Try again in ${refused.resetSeconds} s, ${orChange(source)}`,
        { headers: { 'retry-after': String(refused.resetSeconds) } },
      );
    },
  };
}
