import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors, type Json, type Logger, type ThrottleStore } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import { type CompiledPolicy, compilePolicy, orChange, setBy } from './compiled.ts';
import { beyondCeiling, changedRules, type Defaults, effectiveOf, numberOf } from './effective.ts';
import { policyErrors } from './errors.ts';
import { findPolicies, lockCount, lockPolicy, NO_POLICY, type StoredPolicy, savePolicy } from './policy.store.ts';
import { createPolicyCache } from './policy-cache.ts';
import type { LimitRule, Policy, PolicyRules, RetentionRule, SecretBackendName } from './schemas.ts';

/** Limits of what a tenant has, as opposed to what it does. */
export type CountedRule = Extract<LimitRule, 'max_workflows' | 'max_api_keys' | 'max_secrets' | 'max_members'>;

/** Days by what is kept; null is for ever. */
export type RetentionDays = Readonly<Record<'events' | 'succeeded' | 'failed' | 'cancelled', number | null>>;

export interface PolicyChange {
  /** Whose policy. */
  readonly tenantId: string;
  readonly layer: 'operator' | 'tenant';
  /** The policy as the caller saw it; when it has changed since, `precondition_failed` is thrown. */
  readonly seenVersion?: number | undefined;
  /** The layer as it shall be. */
  make(before: PolicyRules): PolicyRules;
}

/**
 * What tenants may do, asked wherever they do it. Each `require…` throws a `policy_*` problem that names the rule, who set it,
 * and what to change; those that return nothing or a promise answer at once for a tenant that is in use.
 */
export interface Policies {
  show(tenantId: string): Promise<Policy>;
  /** @throws AppError `policy_beyond_ceiling`, `precondition_failed` */
  change(actor: AuditActor, change: PolicyChange): Promise<Policy>;
  /** @param stepsInWorkflow how many steps the workflow has */
  requireStep(tenantId: string, type: string, stepsInWorkflow: number): Promise<void> | undefined;
  /** For a workflow that is being saved: its steps, and the hosts that are known by now. Reads the policy in the transaction. */
  requireWorkflow(
    transaction: Queryable,
    tenantId: string,
    workflow: { types: readonly string[]; urls: readonly URL[] },
  ): Promise<void>;
  requireHost(tenantId: string, url: URL): Promise<void> | undefined;
  requireSecretBackend(tenantId: string, backend: SecretBackendName): Promise<void> | undefined;
  /** Whether one more fits; held until the transaction ends, so that two cannot take the last place. */
  requireRoom(transaction: Queryable, tenantId: string, rule: CountedRule, count: Count): Promise<void>;
  /** Counts them too. */
  requireEvents(events: readonly GivenEvent[], countActive: CountActive): Promise<void> | undefined;
  /** Most executions in a row by which an event may have come about; at once for a tenant in use. */
  maximumHops(tenantId: string): number | Promise<number>;
  /** For an execution that is started by hand, again, or because another one failed; held until the transaction ends. */
  requireRun(transaction: Queryable, tenantId: string, run: { input?: Json; countActive: CountActive }): Promise<void>;
  /** For an execution that another one starts, by the policy that is in memory. */
  requireChild(tenantId: string, child: { input: Json; countActive: CountActive }): Promise<void>;
  /** How many executions one may start, directly and through others. */
  maximumDescendants(tenantId: string): Promise<number>;
  /** Why one more is not started; throws it. */
  refuseDescendant(tenantId: string): Promise<never>;
  retention(tenantIds: readonly string[]): Promise<ReadonlyMap<string, RetentionDays>>;
  close(): Promise<void>;
}

type Count = (transaction: Queryable, tenantId: string) => Promise<number>;
/** Executions that are queued or run; counting may end at `enough`. */
export type CountActive = (db: Queryable, tenantId: string, enough: number) => Promise<number>;

interface GivenEvent {
  readonly tenantId: string;
  readonly payload: Json;
}

export interface PoliciesOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly throttle: ThrottleStore;
  /** Days that history is kept where no policy says anything; null is for ever. */
  readonly retentionDays: number | null;
}

const RETRY_AFTER_SECONDS = 5;
/** Where no policy says anything: more than any chain of workflows has that was meant. */
const MAXIMUM_HOPS = 50;

export async function createPolicies({ db, logger, audit, throttle, retentionDays }: PoliciesOptions): Promise<Policies> {
  const cache = await createPolicyCache({ db, logger, compile: compilePolicy });
  const defaults: Defaults = {
    retention_days_events: retentionDays,
    retention_days_succeeded: retentionDays,
    retention_days_failed: retentionDays,
    retention_days_cancelled: retentionDays,
    max_event_hops: MAXIMUM_HOPS,
  };
  const stored = async (queryable: Queryable, tenantId: string) =>
    (await findPolicies(queryable, [tenantId])).get(tenantId) ?? NO_POLICY;
  const shown = (tenantId: string, policy: StoredPolicy): Policy => ({
    tenant_id: tenantId,
    version: policy.version,
    updated_at: policy.updatedAt,
    operator: policy.operator,
    tenant: policy.tenant,
    effective: effectiveOf(policy, defaults),
  });

  /** Asks the policy that is in memory. */
  function ask(tenantId: string, decide: (policy: CompiledPolicy) => Error | undefined): Promise<void> | undefined {
    const policy = cache.get(tenantId);
    if (policy instanceof Promise) return policy.then((known) => raise(decide(known)));
    raise(decide(policy));
    return undefined;
  }

  async function requireFewActive(queryable: Queryable, tenantId: string, policy: CompiledPolicy, countActive: CountActive) {
    const { value, source } = policy.limits.max_active_executions;
    if (value === null) return;
    const active = await countActive(queryable, tenantId, value);
    if (active < value) return;
    throw policyErrors.policy_executions_limited(
      `Executions that are queued or run: ${active} or more, and there may be ${value}: ${setBy('max_active_executions', source)}. Try again in ${RETRY_AFTER_SECONDS} s, ${orChange(source)}`,
      { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    );
  }

  async function countEvents(tenantId: string, policy: CompiledPolicy, count: number): Promise<void> {
    const { value, source } = policy.limits.max_events_per_minute;
    if (value === null) return;
    const why = `${setBy('max_events_per_minute', source)}`;
    if (count > value && count > 1) {
      throw policyErrors.policy_events_limited(
        `${count} events at once, and ${value} a minute are taken: ${why}. Send fewer at once, ${orChange(source)}`,
        { headers: { 'retry-after': '60' } },
      );
    }
    // With the limit in the key, a new limit counts from the start.
    const key = `policy:events:${value}:${tenantId}`;
    const hits = await Promise.all(Array.from({ length: count }, () => throttle.hit(key, { limit: value, windowSeconds: 60 })));
    const refused = hits.find(({ allowed }) => !allowed);
    if (!refused) return;
    throw policyErrors.policy_events_limited(
      `More than ${value} events in a minute: ${why}. Try again in ${refused.resetSeconds} s, ${orChange(source)}`,
      { headers: { 'retry-after': String(refused.resetSeconds) } },
    );
  }

  async function checkEvents(groups: ReadonlyMap<string, readonly GivenEvent[]>, countActive: CountActive): Promise<void> {
    for (const [tenantId, events] of groups) {
      const policy = await cache.get(tenantId);
      if (!policy.hasEventRules) continue;
      if (policy.limits.max_event_payload_bytes.value !== null) {
        for (const [index, { payload }] of events.entries()) {
          const which = events.length === 1 ? 'The payload' : `The payload of event ${index + 1} of ${events.length}`;
          raise(policy.refusePayload(bytesOf(payload), which));
        }
      }
      await requireFewActive(db, tenantId, policy, countActive);
      await countEvents(tenantId, policy, events.length);
    }
  }

  return {
    show: async (tenantId) => shown(tenantId, await stored(db, tenantId)),
    async change(actor, { tenantId, layer, seenVersion, make }) {
      const saved = await db.transaction(async (transaction) => {
        const before = await lockPolicy(transaction, tenantId);
        if (seenVersion !== undefined && seenVersion !== before.version)
          throw commonErrors.precondition_failed('The policy has been changed meanwhile: get it again.');
        const wanted = make(before[layer]);
        const errors = layer === 'tenant' ? beyondCeiling(before.operator, before.tenant, wanted) : [];
        if (errors.length > 0) {
          const detail = `${errors[0]?.pointer} ${errors[0]?.message}: a tenant can only be stricter.`;
          throw policyErrors.policy_beyond_ceiling(detail, { errors });
        }
        const rules = changedRules(before[layer], wanted);
        if (rules.length === 0) return before;
        // By value and not by key, since some names of rules sound like those of secrets, and would be redacted.
        const changes = rules.map((rule) => ({ rule, before: before[layer][rule], after: wanted[rule] }));
        await audit.record(transaction, {
          ...actor,
          tenantId,
          action: 'policy.update',
          target: { type: 'policy', id: tenantId },
          diff: { layer, changes },
        });
        return savePolicy(transaction, tenantId, { ...before, [layer]: wanted });
      });
      await cache.announce(tenantId);
      return shown(tenantId, saved);
    },
    requireStep: (tenantId, type, stepsInWorkflow) => ask(tenantId, (policy) => policy.refuseStep(type, stepsInWorkflow)),
    async requireWorkflow(transaction, tenantId, { types, urls }) {
      const policy = compilePolicy(await stored(transaction, tenantId));
      for (const type of new Set(types)) raise(policy.refuseStep(type, types.length));
      for (const url of urls) raise(policy.refuseHost(url));
    },
    requireHost: (tenantId, url) => ask(tenantId, (policy) => policy.refuseHost(url)),
    requireSecretBackend: (tenantId, backend) => ask(tenantId, (policy) => policy.refuseBackend(backend)),
    async requireRoom(transaction, tenantId, rule, count) {
      const { value, source } = numberOf(rule, await stored(transaction, tenantId));
      if (value === null) return;
      await lockCount(transaction, tenantId, rule);
      const there = await count(transaction, tenantId);
      if (there < value) return;
      const noun = NOUNS[rule];
      throw policyErrors.policy_limit_reached(
        `The tenant has ${there} ${noun} and may have ${value}: ${setBy(rule, source)}. Remove one first, ${orChange(source)}`,
      );
    },
    requireEvents(events, countActive) {
      const groups = Map.groupBy(events, ({ tenantId }) => tenantId);
      const isFree = [...groups.keys()].every((tenantId) => {
        const policy = cache.get(tenantId);
        return !(policy instanceof Promise) && !policy.hasEventRules;
      });
      return isFree ? undefined : checkEvents(groups, countActive);
    },
    async requireRun(transaction, tenantId, { input, countActive }) {
      const policy = compilePolicy(await stored(transaction, tenantId));
      if (input !== undefined) refuseInput(policy, input);
      if (policy.limits.max_active_executions.value === null) return;
      await lockCount(transaction, tenantId, 'max_active_executions');
      await requireFewActive(transaction, tenantId, policy, countActive);
    },
    maximumHops(tenantId) {
      const policy = cache.get(tenantId);
      return policy instanceof Promise ? policy.then(hopsOf) : hopsOf(policy);
    },
    async requireChild(tenantId, { input, countActive }) {
      const policy = await cache.get(tenantId);
      refuseInput(policy, input);
      await requireFewActive(db, tenantId, policy, countActive);
    },
    async maximumDescendants(tenantId) {
      return (await cache.get(tenantId)).limits.max_descendants.value ?? Number.POSITIVE_INFINITY;
    },
    async refuseDescendant(tenantId) {
      const { value, source } = (await cache.get(tenantId)).limits.max_descendants;
      throw policyErrors.too_many_descendants(
        `The execution that began this has started ${value} others, directly and through those, and may start no more: ${setBy('max_descendants', source)}. Start fewer, ${orChange(source)}`,
      );
    },
    async retention(tenantIds) {
      const found = await findPolicies(db, tenantIds);
      return new Map(tenantIds.map((id) => [id, retentionOf(found.get(id) ?? NO_POLICY, defaults)]));
    },
    close: () => cache.close(),
  };
}

const NOUNS: Readonly<Record<CountedRule, string>> = {
  max_workflows: 'workflows',
  max_api_keys: 'API keys',
  max_secrets: 'secrets',
  max_members: 'members',
};

function hopsOf({ limits }: CompiledPolicy): number {
  return limits.max_event_hops.value ?? MAXIMUM_HOPS;
}

function raise(error: Error | undefined): void {
  if (error) throw error;
}

function refuseInput(policy: CompiledPolicy, input: Json): void {
  if (policy.limits.max_event_payload_bytes.value !== null) raise(policy.refusePayload(bytesOf(input), 'The input'));
}

function bytesOf(payload: Json): number {
  return Buffer.byteLength(JSON.stringify(payload));
}

function retentionOf(policy: StoredPolicy, defaults: Defaults): RetentionDays {
  const days = (rule: RetentionRule) => numberOf(rule, policy, defaults).value;
  return {
    events: days('retention_days_events'),
    succeeded: days('retention_days_succeeded'),
    failed: days('retention_days_failed'),
    cancelled: days('retention_days_cancelled'),
  };
}
