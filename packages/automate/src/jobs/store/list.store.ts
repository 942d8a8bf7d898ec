import type { Queryable } from '../../db/index.ts';
import type { DeadLetterGroup } from '../schemas.ts';

/** Dead letters that are looked at to count them, and groups that are told. */
const MOST_COUNTED = 10_000;
const MOST_GROUPS = 200;

/** Why jobs of a tenant are dead letters, and how many for each reason. */
export async function deadLetterGroups(
  transaction: Queryable,
  tenantId: string,
): Promise<{ readonly groups: DeadLetterGroup[]; readonly isPartial: boolean }> {
  const { rows } = await transaction.query<DeadLetterGroup & { total: number }>(
    `with dead as (
       select id, kind, coalesce(error ->> 'code', '') as code, error ->> 'message' as message, finished_at from jobs
       where tenant_id = $1 and state = 'failed' and error is not null order by id desc limit ${MOST_COUNTED + 1}
     )
     select kind, code, count(*)::int as count, (array_agg(id order by id desc))[1] as newest_id,
       coalesce((array_agg(message order by id desc))[1], '') as message, min(finished_at) as first_at, max(finished_at) as last_at,
       (sum(count(*)) over ())::int as total
     from dead group by kind, code order by count desc, kind, code limit ${MOST_GROUPS}`,
    [tenantId],
  );
  return { groups: rows.map(({ total, ...group }) => group), isPartial: (rows[0]?.total ?? 0) > MOST_COUNTED };
}

/** Dead letters of a tenant, counted up to `enough`. */
export async function countDead(transaction: Queryable, tenantId: string, enough: number): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*)::int as count from (
       select from jobs where tenant_id = $1 and state = 'failed' and error is not null order by id desc limit $2) as dead`,
    [tenantId, enough],
  );
  return Number(rows[0]?.count);
}

/** The newest job of each of these tenants, and which of these jobs are theirs. */
export async function newsOf(
  db: Queryable,
  tenantIds: readonly string[],
  jobIds: readonly string[],
): Promise<{ readonly newest: ReadonlyMap<string, string>; readonly owners: readonly { tenant_id: string; id: string }[] }> {
  const { rows } = await db.query<{ tenant_id: string; id: string }>(
    `select tenant.id as tenant_id, (select jobs.id from jobs where jobs.tenant_id = tenant.id order by jobs.id desc limit 1) as id
     from unnest($1::uuid[]) as tenant(id)`,
    [tenantIds],
  );
  const owned =
    jobIds.length === 0
      ? []
      : (
          await db.query<{ tenant_id: string; id: string }>(
            'select tenant_id, id from jobs where id = any($2) and tenant_id = any($1)',
            [tenantIds, jobIds],
          )
        ).rows;
  return { newest: new Map(rows.map(({ tenant_id, id }) => [tenant_id, id ?? ''])), owners: owned };
}
