import type { Db, Queryable } from '../../db/index.ts';
import type { AppError, Logger } from '../../kernel/index.ts';
import type { FeatureSettings } from '../../platform/index.ts';
import type { Audit } from '../audit/audit.ts';
import { policyErrors } from './errors.ts';
import { refuseHost } from './host-rules.ts';
import { type EffectiveValue, effectiveLimit, type Layers } from './layers.ts';
import { findPolicies, lockCount, NO_POLICY } from './policy.store.ts';
import { createPolicyCache } from './policy-cache.ts';
import { createPolicyChanges, type PolicyChanges } from './policy-changes.ts';
import type { LimitRule, PolicyRule } from './rule.ts';
import { type PolicySchemas, policySchemas } from './schemas.ts';
import { orChange, setBy } from './sentences.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What tenants may do. */
    readonly policies: Policies;
  }
}

/** Counts what there is; held still until the transaction ends. */
export type Count = (transaction: Queryable, tenantId: string) => Promise<number>;

/** Why the layers of a tenant refuse something; undefined when they do not. */
export type Refuse<Given extends readonly unknown[]> = (layers: Layers, ...given: Given) => AppError | undefined;

/** Something worked out of a policy: at once for a tenant that is in use. */
export type Derived<T> = (tenantId: string) => T | Promise<T>;

/**
 * What tenants may do: rules that features declare, in two layers. What refuses throws a `policy_*` problem that names the rule, who set
 * it, and what to change.
 */
export interface Policies extends PolicyChanges {
  readonly schemas: PolicySchemas;
  /**
   * What a feature works out of the layers of a tenant, once for each change.
   * @example
   * const limitsOf = policies.derive((layers) => policies.limit(maximumContacts, layers));
   * const { value } = await limitsOf(tenantId);
   */
  derive<T>(make: (layers: Layers) => T): Derived<T>;
  /** The layers as a transaction sees them. */
  layersIn(transaction: Queryable, tenantId: string): Promise<Layers>;
  /** The layers of many tenants, as they are stored. */
  layersOf(tenantIds: readonly string[]): Promise<ReadonlyMap<string, Layers>>;
  /** What holds of a limit. */
  limit(rule: LimitRule, layers: Layers): EffectiveValue<number>;
  /**
   * Whether one more fits; held until the transaction ends, so that two cannot take the last place.
   * @throws AppError `policy_limit_reached`
   */
  requireRoom(transaction: Queryable, tenantId: string, rule: LimitRule, count: Count): Promise<void>;
  /** Keeps others from counting by the same rule until the transaction ends. */
  holdCount(transaction: Queryable, tenantId: string, rule: LimitRule): Promise<void>;
  /**
   * Makes a refusal of a feature's own into a check: nothing to wait for when the policy is in memory and does not refuse.
   * @example
   * const requireChannel = policies.requiring(refuseChannel);
   * await requireChannel(tenantId, 'email');
   */
  requiring<Given extends readonly unknown[]>(
    refuse: Refuse<Given>,
  ): (tenantId: string, ...given: Given) => Promise<void> | undefined;
  /** @throws AppError `policy_host_denied` */
  requireHost(tenantId: string, url: URL): Promise<void> | undefined;
  close(): Promise<void>;
}

export interface PoliciesOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly audit: Audit;
  /** All that features declare. */
  readonly rules: readonly PolicyRule[];
  readonly settings: FeatureSettings;
}

export async function createPolicies({ db, logger, audit, rules, settings }: PoliciesOptions): Promise<Policies> {
  const cache = await createPolicyCache({ db, logger });
  const limit = (rule: LimitRule, layers: Layers) =>
    effectiveLimit(rule, layers, typeof rule.fallback === 'function' ? rule.fallback(settings) : undefined);
  const changes = createPolicyChanges({ db, audit, rules, limit, announce: cache.announce });
  const requiring: Policies['requiring'] =
    (refuse) =>
    (tenantId, ...given) => {
      const layers = cache.get(tenantId);
      if (layers instanceof Promise) return layers.then((known) => raise(refuse(known, ...given)));
      raise(refuse(layers, ...given));
      return undefined;
    };

  function derive<T>(make: (layers: Layers) => T): Derived<T> {
    const known = new WeakMap<Layers, { readonly made: T }>();
    const madeOf = (layers: Layers): T => {
      const found = known.get(layers) ?? { made: make(layers) };
      known.set(layers, found);
      return found.made;
    };
    return (tenantId) => {
      const layers = cache.get(tenantId);
      return layers instanceof Promise ? layers.then(madeOf) : madeOf(layers);
    };
  }

  return {
    schemas: policySchemas(rules),
    ...changes,
    derive,
    layersIn: async (transaction, tenantId) => (await findPolicies(transaction, [tenantId])).get(tenantId) ?? NO_POLICY,
    async layersOf(tenantIds) {
      const found = await findPolicies(db, tenantIds);
      return new Map(tenantIds.map((id) => [id, found.get(id) ?? NO_POLICY]));
    },
    limit,
    async requireRoom(transaction, tenantId, rule, count) {
      const layers = (await findPolicies(transaction, [tenantId])).get(tenantId) ?? NO_POLICY;
      const { value, source } = limit(rule, layers);
      if (value === null) return;
      await lockCount(transaction, tenantId, rule.name);
      const there = await count(transaction, tenantId);
      if (there < value) return;
      throw policyErrors.policy_limit_reached(
        `The tenant has ${there} ${rule.noun ?? rule.name} and may have ${value}: ${setBy(rule, source)}. Remove one first, ${orChange(source)}`,
      );
    },
    holdCount: (transaction, tenantId, rule) => lockCount(transaction, tenantId, rule.name),
    requiring,
    requireHost: requiring(refuseHost),
    close: () => cache.close(),
  };
}

function raise(error: AppError | undefined): void {
  if (error) throw error;
}
