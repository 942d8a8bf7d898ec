import type { Queryable } from '../../db/index.ts';
import type { LayerRules, Layers } from './layers.ts';

/** A tenant's policy as it is stored; one that nobody has set has the version 0. */
export interface StoredPolicy extends Layers {
  readonly version: number;
  readonly updatedAt: string | null;
}

interface PolicyRow {
  readonly tenant_id: string;
  readonly operator: LayerRules;
  readonly tenant: LayerRules;
  readonly version: number;
  readonly updated_at: string;
}

export const NO_POLICY: StoredPolicy = Object.freeze({ operator: {}, tenant: {}, version: 0, updatedAt: null });

export async function findPolicies(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, StoredPolicy>> {
  const { rows } = await db.query<PolicyRow>(
    'select tenant_id, operator, tenant, version, updated_at from policies where tenant_id = any($1)',
    [tenantIds],
    'policies_find',
  );
  return new Map(rows.map((row) => [row.tenant_id, toStored(row)]));
}

/** The policy, held until the transaction ends so that two changes follow each other; made when absent. */
export async function lockPolicy(transaction: Queryable, tenantId: string): Promise<StoredPolicy> {
  await transaction.query('insert into policies (tenant_id, version) values ($1, 0) on conflict (tenant_id) do nothing', [
    tenantId,
  ]);
  const { rows } = await transaction.query<PolicyRow>('select * from policies where tenant_id = $1 for update', [tenantId]);
  return toStored(rows[0] as PolicyRow);
}

export async function savePolicy(transaction: Queryable, tenantId: string, { operator, tenant }: Layers): Promise<StoredPolicy> {
  const { rows } = await transaction.query<PolicyRow>(
    `update policies set operator = $2, tenant = $3, version = version + 1, updated_at = now() where tenant_id = $1 returning *`,
    [tenantId, JSON.stringify(onlySet(operator)), JSON.stringify(onlySet(tenant))],
  );
  return toStored(rows[0] as PolicyRow);
}

/** Held until the transaction ends: what is counted cannot be added to by another meanwhile. */
export async function lockCount(transaction: Queryable, tenantId: string, rule: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`automate.policy ${tenantId} ${rule}`]);
}

function toStored({ operator, tenant, version, updated_at }: PolicyRow): StoredPolicy {
  return { operator, tenant, version, updatedAt: version === 0 ? null : updated_at };
}

function onlySet(rules: LayerRules): LayerRules {
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== null && value !== undefined));
}
