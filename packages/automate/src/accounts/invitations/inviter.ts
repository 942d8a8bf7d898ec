import type { Queryable } from '../../db/index.ts';
import type { Roles } from '../../governance/index.ts';
import { hasScope, intersectScopes } from '../../kernel/index.ts';
import { findInviter, type OpenInvitation } from './invitation.store.ts';

/**
 * Whether whoever made an invitation could make it now: one that outlives its maker's role would give it back to them. Staff may
 * make members everywhere. That a key has expired since does not count: its invitations have an end of their own.
 */
export async function mayStillInvite(
  connection: Queryable,
  grants: Pick<Roles, 'scopesOf'>,
  invitation: OpenInvitation,
): Promise<boolean> {
  const inviter = await findInviter(connection, invitation);
  if (!inviter) return false;
  const { is_staff: isStaff, role, scopes: given } = inviter;
  if (isStaff) return true;
  const ofRole = role === null ? undefined : grants.scopesOf(role);
  const scopes = given === null ? (ofRole ?? []) : ofRole ? intersectScopes(given, ofRole) : given;
  const isCovered = ['members:write', ...grants.scopesOf(invitation.role)].every((scope) => hasScope({ scopes }, scope));
  return isCovered && (invitation.role !== 'owner' || (role === 'owner' && given === null));
}
