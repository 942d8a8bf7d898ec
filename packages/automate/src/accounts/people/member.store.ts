import type { Queryable } from '../../db/index.ts';
import type { RoleName } from '../../governance/index.ts';

export interface Membership {
  readonly tenant_id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: RoleName;
}

export async function membershipsOf(db: Queryable, userId: string): Promise<Membership[]> {
  const { rows } = await db.query<Membership>(
    `select m.tenant_id, t.slug, t.name, m.role from members m join tenants t on t.id = m.tenant_id
     where m.user_id = $1 order by m.created_at, m.id`,
    [userId],
  );
  return rows;
}

export async function countMembers(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>('select count(*) as count from members where tenant_id = $1', [
    tenantId,
  ]);
  return Number(rows[0]?.count);
}

export async function insertMember(
  transaction: Queryable,
  member: { id: string; tenantId: string; userId: string; role: RoleName; email: string; name: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `insert into members (id, tenant_id, user_id, role, email, name, two_factor_enabled)
     select $1, $2, $3::uuid, $4, $5, $6, coalesce((select two_factor_enabled from users where id = $3::uuid), false)
     on conflict (tenant_id, user_id) do nothing`,
    [member.id, member.tenantId, member.userId, member.role, member.email.toLowerCase(), member.name],
  );
  return rowCount > 0;
}

/** Locks the owners of a tenant until the transaction ends. */
export async function lockOwners(transaction: Queryable, tenantId: string): Promise<void> {
  await transaction.query(`select id from members where tenant_id = $1 and role = 'owner' order by id for update`, [tenantId]);
}

/** Whether a tenant has an owner beside this one whose account is not disabled. */
export async function hasOtherOwner(transaction: Queryable, tenantId: string, memberId: string): Promise<boolean> {
  const { rows } = await transaction.query(
    `select 1 from members where tenant_id = $1 and role = 'owner' and id <> $2 and is_enabled(user_id) limit 1`,
    [tenantId, memberId],
  );
  return rows.length > 0;
}

/** The memberships in which somebody is an owner, in one order, so that two who lock them do not wait for each other. */
export async function ownershipsOf(
  transaction: Queryable,
  userId: string,
): Promise<readonly { readonly id: string; readonly tenant_id: string }[]> {
  const { rows } = await transaction.query<{ id: string; tenant_id: string }>(
    `select id, tenant_id from members where user_id = $1 and role = 'owner' order by tenant_id`,
    [userId],
  );
  return rows;
}

export async function isOwner(transaction: Queryable, tenantId: string, userId: string): Promise<boolean> {
  const { rows } = await transaction.query(`select 1 from members where tenant_id = $1 and user_id = $2 and role = 'owner'`, [
    tenantId,
    userId,
  ]);
  return rows.length > 0;
}

export async function hasMember(transaction: Queryable, tenantId: string, email: string): Promise<boolean> {
  const { rows } = await transaction.query('select 1 from members where tenant_id = $1 and email = $2', [tenantId, email]);
  return rows.length > 0;
}

export async function setRole(transaction: Queryable, memberId: string, role: RoleName): Promise<void> {
  await transaction.query('update members set role = $2, updated_at = now() where id = $1', [memberId, role]);
}

export async function removeMember(transaction: Queryable, memberId: string): Promise<void> {
  await transaction.query('delete from members where id = $1', [memberId]);
}
