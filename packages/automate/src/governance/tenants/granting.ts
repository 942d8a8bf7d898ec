import type { Queryable } from '../../db/index.ts';
import { commonErrors, hasScope, type Principal } from '../../kernel/index.ts';
import { peopleErrors } from '../people/errors.ts';
import type { People } from '../people/people.ts';
import type { RoleName } from '../roles/roles.ts';

/**
 * Nobody gives or takes a role that grants more than they have, and owners are made and unmade by owners, or by staff.
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
      throw commonErrors.forbidden('Only an owner, or staff, can make or unmake an owner.');
  }
}

/** Locks the owners until the transaction ends, so that two of them cannot unmake each other. @throws AppError `last_owner` */
export async function requireAnotherOwner(transaction: Queryable, tenantId: string, memberId: string): Promise<void> {
  const { rows } = await transaction.query<{ id: string }>(
    `select id from members where tenant_id = $1 and role = 'owner' for update`,
    [tenantId],
  );
  if (!rows.some(({ id }) => id !== memberId))
    throw peopleErrors.last_owner('A tenant keeps at least one owner: make somebody else one first.');
}

async function isOwner(transaction: Queryable, { tenantId, userId }: Principal): Promise<boolean> {
  if (userId === undefined) return false;
  const { rows } = await transaction.query(`select 1 from members where tenant_id = $1 and user_id = $2 and role = 'owner'`, [
    tenantId,
    userId,
  ]);
  return rows.length > 0;
}
