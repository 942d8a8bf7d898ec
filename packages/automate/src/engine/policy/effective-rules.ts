import type { Queryable } from '../../db/index.ts';
import type { EffectiveValue, Layers, LimitRule, Policies } from '../../governance/index.ts';
import { engineRules } from './rules.ts';
import { type RefuseStep, stepRules } from './step-rules.ts';

/** Counts executions of a tenant that are queued or run; may end at `enough`. */
export type CountActive = (db: Queryable, tenantId: string, enough: number) => Promise<number>;

/** What is worked out of the layers of a tenant. */
export interface EffectiveRules {
  readonly refuseStep: RefuseStep;
  readonly active: EffectiveValue<number>;
  readonly descendants: EffectiveValue<number>;
  readonly hops: EffectiveValue<number>;
  readonly payloadBytes: EffectiveValue<number>;
  readonly eventsPerMinute: EffectiveValue<number>;
  /** Whether anything is asked of events. */
  readonly hasEventRules: boolean;
}

export function effectiveRules(policies: Pick<Policies, 'limit'>, layers: Layers): EffectiveRules {
  const of = (rule: LimitRule) => policies.limit(rule, layers);
  const active = of(engineRules.maxActiveExecutions);
  const payloadBytes = of(engineRules.maxEventPayloadBytes);
  const eventsPerMinute = of(engineRules.maxEventsPerMinute);
  return {
    refuseStep: stepRules(policies, layers),
    active,
    payloadBytes,
    eventsPerMinute,
    descendants: of(engineRules.maxDescendants),
    hops: of(engineRules.maxEventHops),
    hasEventRules: [active, payloadBytes, eventsPerMinute].some(({ value }) => value !== null),
  };
}
