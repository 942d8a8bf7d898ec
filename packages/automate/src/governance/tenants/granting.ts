import type { Queryable } from '../../db/index.ts';
import { commonErrors, hasScope, type Principal } from '../../kernel/index.ts';
import { peopleErrors } from '../people/errors.ts';
import type { People } from '../people/people.ts';
import { membershipsOf } from '../people/person.store.ts';
import type { RoleName } from '../roles/role-declaration.ts';

/**
 * Nobody gives or takes a role that grants more than they have, and owners are made and unmade by owners who are signed in, or
 * by staff: a key of an owner may have got around.
 * @throws AppError `forbidden`
 */
export async function requireGrantable(
  transaction: Queryable,
  principal: Principal,
  people: Pick<People, 'scopesOf'>,
  roles: readonly RoleName[],
): Promise<void> {
  for (const role of roles) {
    const beyond = people.scopesOf(role).filter((scope) => !hasScope(principal, scope));
    if (beyond.length > 0) throw commonErrors.forbidden(`The role ${role} grants more than you have: ${beyond.join(', ')}.`);
    if (role === 'owner' && !principal.isStaff && !(await isOwner(transaction, principal)))
      throw commonErrors.forbidden('Only an owner who is signed in, or staff, can make or unmake an owner.');
  }
}

/**
 * A tenant keeps an owner whose account is not disabled. Locks the owners until the transaction ends, so that two of them cannot
 * unmake each other.
 * @throws AppError `last_owner`
 */
export async function requireAnotherOwner(transaction: Queryable, tenantId: string, memberId: string): Promise<void> {
  await transaction.query(`select id from members where tenant_id = $1 and role = 'owner' order by id for update`, [tenantId]);
  // Not in the statement that locks: what others changed while it waited would be missing.
  const { rows } = await transaction.query(
    `select 1 from members where tenant_id = $1 and role = 'owner' and id <> $2 and is_enabled(user_id) limit 1`,
    [tenantId, memberId],
  );
  if (rows.length === 0) throw peopleErrors.last_owner('A tenant keeps at least one owner: make somebody else one first.');
}

/** The same for every tenant of somebody whose account is about to be disabled. @throws AppError `last_owner` */
export async function requireOtherOwners(transaction: Queryable, userId: string): Promise<void> {
  const { rows } = await transaction.query<{ id: string; tenant_id: string }>(
    // In one order, so that two of these do not wait for each other.
    `select id, tenant_id from members where user_id = $1 and role = 'owner' order by tenant_id`,
    [userId],
  );
  for (const { id, tenant_id: tenantId } of rows) await requireAnotherOwner(transaction, tenantId, id);
}

/**
 * A link for somebody's password lets its holder be them: whoever gets to see one may do all that they may, wherever they are
 * a member.
 * @throws AppError `forbidden`
 */
export async function requireCoversPerson(
  transaction: Queryable,
  principal: Principal,
  people: Pick<People, 'scopesOf'>,
  userId: string,
): Promise<void> {
  const roles = (await membershipsOf(transaction, userId)).map(({ role }) => role);
  await requireGrantable(transaction, principal, people, [...new Set(roles)]);
}

async function isOwner(transaction: Queryable, { kind, tenantId, userId }: Principal): Promise<boolean> {
  if (kind !== 'user' || userId === undefined) return false;
  const { rows } = await transaction.query(`select 1 from members where tenant_id = $1 and user_id = $2 and role = 'owner'`, [
    tenantId,
    userId,
  ]);
  return rows.length > 0;
}
