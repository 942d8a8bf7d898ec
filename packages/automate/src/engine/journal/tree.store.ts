import type { Db } from '../../db/index.ts';

/** A place among the descendants of an execution. */
export interface Claim {
  readonly tenantId: string;
  /** The execution at the top. */
  readonly rootId: string;
  /** How many it may have in all. */
  readonly ceiling: number;
}

/**
 * Counts descendants of executions, as far as their ceilings allow; returns for each, in order, whether it is within. Under a lock, so
 * that never more are let in; one that is not started after all stays counted.
 */
export async function claimDescendants(db: Db, claims: readonly Claim[]): Promise<boolean[]> {
  const groups = [...Map.groupBy(claims, ({ rootId }) => rootId)].map(([rootId, [first, ...others]]) => ({
    rootId,
    tenantId: (first as Claim).tenantId,
    ceiling: Math.min((first as Claim).ceiling, MOST),
    wanted: 1 + others.length,
  }));
  const roots = groups.map(({ rootId }) => rootId);
  const granted = await db.transaction(async (transaction) => {
    await transaction.query(
      `insert into execution_trees (root_id, tenant_id)
       select * from unnest($1::uuid[], $2::uuid[]) as tree(root_id, tenant_id) order by root_id on conflict do nothing`,
      [roots, groups.map(({ tenantId }) => tenantId)],
    );
    const { rows } = await transaction.query<{ root_id: string; granted: number }>(
      `with before as materialized (
         select root_id, descendants from execution_trees where root_id = any($1) order by root_id for update
       )
       update execution_trees set descendants = before.descendants + least(wanted, greatest(ceiling - before.descendants, 0))
       from before join unnest($1::uuid[], $2::int[], $3::int[]) as claim(root, wanted, ceiling) on claim.root = before.root_id
       where execution_trees.root_id = before.root_id
       returning execution_trees.root_id, execution_trees.descendants - before.descendants as granted`,
      [roots, groups.map(({ wanted }) => wanted), groups.map(({ ceiling }) => ceiling)],
    );
    return new Map(rows.map((row) => [row.root_id, row.granted]));
  });
  return claims.map(({ rootId }) => {
    const left = granted.get(rootId) ?? 0;
    granted.set(rootId, left - 1);
    return left > 0;
  });
}

const MOST = 2_147_483_647;
