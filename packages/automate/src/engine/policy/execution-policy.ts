import type { Queryable } from '../../db/index.ts';
import { type Count, type Layers, type LimitRule, orChange, type Policies, refuseHost, setBy } from '../../governance/index.ts';
import type { Json, ThrottleStore } from '../../kernel/index.ts';
import { type CountActive, type EffectiveRules, effectiveRules } from './effective-rules.ts';
import { executionPolicyErrors } from './errors.ts';
import { createEventLimits, type EventLimits } from './event-limits.ts';
import { engineRules } from './rules.ts';
import { stepRules } from './step-rules.ts';

/** Days by what is kept; null is for ever. */
export type RetentionDays = Readonly<Record<'events' | 'succeeded' | 'failed' | 'cancelled', number | null>>;

export interface GivenEvent {
  readonly tenantId: string;
  readonly payload: Json;
}

/**
 * What tenants may run. Each `require…` throws a `policy_*` problem that names the rule, who set it, and what to change; those that return
 * nothing or a promise answer at once for a tenant that is in use.
 */
export interface ExecutionPolicy {
  /** @param stepsInWorkflow how many steps the workflow has */
  requireStep(tenantId: string, type: string, stepsInWorkflow: number): Promise<void> | undefined;
  /** For a workflow that is being saved: its steps, and the hosts that are known by now. Reads the policy in the transaction. */
  requireWorkflow(
    transaction: Queryable,
    tenantId: string,
    workflow: { types: readonly string[]; urls: readonly URL[] },
  ): Promise<void>;
  /** Whether one workflow more fits; held until the transaction ends. @throws AppError `policy_limit_reached` */
  requireWorkflowRoom(transaction: Queryable, tenantId: string, count: Count): Promise<void>;
  /** @throws AppError `policy_host_denied` */
  requireHost: Policies['requireHost'];
  /** Counts them too. */
  requireEvents(events: readonly GivenEvent[]): Promise<void> | undefined;
  /**
   * For an execution that is started by hand, again, or because another one failed; held until the transaction ends.
   * @param run.others executions that count too, or, negative, of those that are counted do not
   */
  requireRun(transaction: Queryable, tenantId: string, run?: { readonly input?: Json; readonly others?: number }): Promise<void>;
  /** For an execution that another one starts, by the policy that is in memory. */
  requireChild(tenantId: string, child: { readonly input: Json; readonly others: number }): Promise<void>;
  /** Most executions in a row by which an event may have come about; at once for a tenant in use. */
  maximumHops(tenantId: string): number | Promise<number>;
  /** How many executions one may start, directly and through others. */
  maximumDescendants(tenantId: string): Promise<number>;
  /** Why one more is not started; throws it. */
  refuseDescendant(tenantId: string): Promise<never>;
  retention(tenantIds: readonly string[]): Promise<ReadonlyMap<string, RetentionDays>>;
}

export interface ExecutionPolicyOptions {
  readonly policies: Policies;
  readonly throttle: ThrottleStore;
  readonly db: Queryable;
  readonly countActive: CountActive;
}

export function createExecutionPolicy({ policies, throttle, db, countActive }: ExecutionPolicyOptions): ExecutionPolicy {
  const rulesOf = policies.derive((layers) => effectiveRules(policies, layers));
  const limits = createEventLimits({ throttle, countActive });

  return {
    requireStep(tenantId, type, stepsInWorkflow) {
      const rules = rulesOf(tenantId);
      if (rules instanceof Promise) return rules.then(({ refuseStep }) => raise(refuseStep(type, stepsInWorkflow)));
      raise(rules.refuseStep(type, stepsInWorkflow));
      return undefined;
    },
    async requireWorkflow(transaction, tenantId, { types, urls }) {
      const layers = await policies.layersIn(transaction, tenantId);
      const refuseStep = stepRules(policies, layers);
      for (const type of new Set(types)) raise(refuseStep(type, types.length));
      for (const url of urls) raise(refuseHost(layers, url));
    },
    requireWorkflowRoom: (transaction, tenantId, count) =>
      policies.requireRoom(transaction, tenantId, engineRules.maxWorkflows, count),
    requireHost: policies.requireHost,
    requireEvents(events) {
      const groups = Map.groupBy(events, ({ tenantId }) => tenantId);
      const isFree = [...groups.keys()].every((tenantId) => {
        const rules = rulesOf(tenantId);
        return !(rules instanceof Promise) && !rules.hasEventRules;
      });
      return isFree ? undefined : checkEvents({ rulesOf, limits, db }, groups);
    },
    async requireRun(transaction, tenantId, { input, others = 0 } = {}) {
      const rules = effectiveRules(policies, await policies.layersIn(transaction, tenantId));
      if (input !== undefined) limits.requireSize(rules, input, 'The input');
      if (rules.active.value === null) return;
      await policies.holdCount(transaction, tenantId, engineRules.maxActiveExecutions);
      await limits.requireFewActive(transaction, { tenantId, rules, others });
    },
    async requireChild(tenantId, { input, others }) {
      const rules = await rulesOf(tenantId);
      limits.requireSize(rules, input, 'The input');
      await limits.requireFewActive(db, { tenantId, rules, others });
    },
    maximumHops(tenantId) {
      const rules = rulesOf(tenantId);
      return rules instanceof Promise ? rules.then(hopsOf) : hopsOf(rules);
    },
    async maximumDescendants(tenantId) {
      return (await rulesOf(tenantId)).descendants.value ?? Number.POSITIVE_INFINITY;
    },
    async refuseDescendant(tenantId) {
      throw tooManyDescendants(await rulesOf(tenantId));
    },
    async retention(tenantIds) {
      const layersOf = await policies.layersOf(tenantIds);
      return new Map([...layersOf].map(([id, layers]) => [id, retentionFrom(policies, layers)]));
    },
  };
}

interface EventChecks {
  readonly rulesOf: (tenantId: string) => EffectiveRules | Promise<EffectiveRules>;
  readonly limits: EventLimits;
  readonly db: Queryable;
}

async function checkEvents(
  { rulesOf, limits, db }: EventChecks,
  groups: ReadonlyMap<string, readonly GivenEvent[]>,
): Promise<void> {
  for (const [tenantId, events] of groups) {
    const rules = await rulesOf(tenantId);
    if (!rules.hasEventRules) continue;
    for (const [index, { payload }] of events.entries()) {
      const which = events.length === 1 ? 'The payload' : `The payload of event ${index + 1} of ${events.length}`;
      limits.requireSize(rules, payload, which);
    }
    await limits.requireFewActive(db, { tenantId, rules, others: 0 });
    await limits.countEvents(tenantId, rules, events.length);
  }
}

/** Why an execution starts no other any more. */
function tooManyDescendants({ descendants: { value, source } }: EffectiveRules): Error {
  return executionPolicyErrors.too_many_descendants(
    `The execution that began this has started ${value} others, directly and through those, and may start no more: ${setBy(engineRules.maxDescendants, source)}. Start fewer, ${orChange(source)}`,
  );
}

function retentionFrom(policies: Pick<Policies, 'limit'>, layers: Layers): RetentionDays {
  const days = (rule: LimitRule) => policies.limit(rule, layers).value;
  return {
    events: days(engineRules.retentionDaysEvents),
    succeeded: days(engineRules.retentionDaysSucceeded),
    failed: days(engineRules.retentionDaysFailed),
    cancelled: days(engineRules.retentionDaysCancelled),
  };
}

function hopsOf({ hops }: EffectiveRules): number {
  return hops.value ?? Number.POSITIVE_INFINITY;
}

function raise(error: Error | undefined): void {
  if (error) throw error;
}
