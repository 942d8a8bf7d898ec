import type { Queryable } from '../../db/index.ts';
import type { RoleName, Roles } from '../../governance/index.ts';
import { commonErrors, hasScope, type Principal } from '../../kernel/index.ts';
import { peopleErrors } from '../people/errors.ts';
import { hasOtherOwner, isOwner, lockOwners, membershipsOf, ownershipsOf } from '../people/member.store.ts';

/**
 * Nobody gives or takes a role that grants more than they have, and owners are made and unmade by owners who are signed in, or
 * by staff: a key of an owner may have got around.
 * @throws AppError `forbidden`
 */
export async function requireGrantable(
  transaction: Queryable,
  principal: Principal,
  grants: Pick<Roles, 'scopesOf'>,
  roles: readonly RoleName[],
): Promise<void> {
  for (const role of roles) {
    const beyond = grants.scopesOf(role).filter((scope) => !hasScope(principal, scope));
    if (beyond.length > 0) throw commonErrors.forbidden(`The role ${role} grants more than you have: ${beyond.join(', ')}.`);
    if (role === 'owner' && !principal.isStaff && !(await ownsTenant(transaction, principal)))
      throw commonErrors.forbidden('Only an owner who is signed in, or staff, can make or unmake an owner.');
  }
}

/**
 * A tenant keeps an owner whose account is not disabled. Locks the owners until the transaction ends, so that two of them cannot
 * unmake each other.
 * @throws AppError `last_owner`
 */
export async function requireAnotherOwner(transaction: Queryable, tenantId: string, memberId: string): Promise<void> {
  await lockOwners(transaction, tenantId);
  // Not in the statement that locks: what others changed while it waited would be missing.
  if (!(await hasOtherOwner(transaction, tenantId, memberId)))
    throw peopleErrors.last_owner('A tenant keeps at least one owner: make somebody else one first.');
}

/** The same for every tenant of somebody whose account is about to be disabled. @throws AppError `last_owner` */
export async function requireOtherOwners(transaction: Queryable, userId: string): Promise<void> {
  for (const { id, tenant_id: tenantId } of await ownershipsOf(transaction, userId))
    await requireAnotherOwner(transaction, tenantId, id);
}

/**
 * A link for somebody's password lets its holder be them: whoever gets to see one may do all that they may, wherever they are
 * a member.
 * @throws AppError `forbidden`
 */
export async function requireCoversPerson(
  transaction: Queryable,
  principal: Principal,
  grants: Pick<Roles, 'scopesOf'>,
  userId: string,
): Promise<void> {
  const roles = (await membershipsOf(transaction, userId)).map(({ role }) => role);
  await requireGrantable(transaction, principal, grants, [...new Set(roles)]);
}

async function ownsTenant(transaction: Queryable, { kind, tenantId, userId }: Principal): Promise<boolean> {
  return kind === 'user' && userId !== undefined && isOwner(transaction, tenantId, userId);
}
