import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import { policyErrors } from './errors.ts';
import { beyondCeiling, changedRules, type EffectiveValue, effectiveList, type LayerRules, type Layers } from './layers.ts';
import { findPolicies, lockPolicy, NO_POLICY, type StoredPolicy, savePolicy } from './policy.store.ts';
import type { LimitRule, PolicyRule } from './rule.ts';
import type { Policy } from './schemas.ts';

export interface PolicyChange {
  /** Whose policy. */
  readonly tenantId: string;
  readonly layer: 'operator' | 'tenant';
  /** The policy as the caller saw it; when it has changed since, `precondition_failed` is thrown. */
  readonly seenVersion?: number | undefined;
  /** The layer as it shall be. */
  make(before: LayerRules): LayerRules;
}

/** Shows policies and changes them. */
export interface PolicyChanges {
  show(tenantId: string): Promise<Policy>;
  /** @throws AppError `policy_beyond_ceiling`, `precondition_failed` */
  change(actor: AuditActor, change: PolicyChange): Promise<Policy>;
}

export interface PolicyChangesOptions {
  readonly db: Db;
  readonly audit: Audit;
  readonly rules: readonly PolicyRule[];
  /** What holds of a limit. */
  limit(rule: LimitRule, layers: Layers): EffectiveValue<number>;
  /** Says that the policy of a tenant has changed, to every process. */
  announce(tenantId: string): Promise<void>;
}

export function createPolicyChanges(options: PolicyChangesOptions): PolicyChanges {
  const { db, audit, rules, limit, announce } = options;
  const stored = async (queryable: Queryable, tenantId: string) =>
    (await findPolicies(queryable, [tenantId])).get(tenantId) ?? NO_POLICY;
  /** Without what a feature declared that is not there any more. */
  const known = (layer: LayerRules) => Object.fromEntries(rules.map(({ name }) => [name, layer[name] ?? null]));
  const shown = (tenantId: string, policy: StoredPolicy): Policy => ({
    tenant_id: tenantId,
    version: policy.version,
    updated_at: policy.updatedAt,
    operator: known(policy.operator),
    tenant: known(policy.tenant),
    effective: Object.fromEntries(
      rules.map((rule) => [rule.name, rule.kind === 'limit' ? limit(rule, policy) : effectiveList(rule, policy)]),
    ),
  });

  return {
    show: async (tenantId) => shown(tenantId, await stored(db, tenantId)),
    async change(actor, { tenantId, layer, seenVersion, make }) {
      const saved = await db.transaction(async (transaction) => {
        const before = await lockPolicy(transaction, tenantId);
        if (seenVersion !== undefined && seenVersion !== before.version)
          throw commonErrors.precondition_failed('The policy has been changed meanwhile: get it again.');
        const wanted = make(before[layer]);
        const errors =
          layer === 'tenant' ? beyondCeiling(rules, { ceiling: before.operator, before: before.tenant, wanted }) : [];
        if (errors.length > 0) {
          const detail = `${errors[0]?.pointer} ${errors[0]?.message}: a tenant can only be stricter.`;
          throw policyErrors.policy_beyond_ceiling(detail, { errors });
        }
        const changed = changedRules(rules, before[layer], wanted);
        if (changed.length === 0) return before;
        // By value and not by key, since some names of rules sound like those of secrets, and would be redacted.
        const changes = changed.map(({ name }) => ({
          rule: name,
          before: before[layer][name] ?? null,
          after: wanted[name] ?? null,
        }));
        await audit.record(transaction, {
          ...actor,
          tenantId,
          action: 'policy.update',
          target: { type: 'policy', id: tenantId },
          diff: { layer, changes },
        });
        return savePolicy(transaction, tenantId, { ...before, [layer]: wanted });
      });
      await announce(tenantId);
      return shown(tenantId, saved);
    },
  };
}
