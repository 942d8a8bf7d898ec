import type { Queryable } from '../../db/index.ts';
import type { RoleName } from '../roles/role-declaration.ts';

/** An invitation that was neither accepted nor taken back, and is not over. */
export interface OpenInvitation {
  readonly id: string;
  readonly tenant_id: string;
  readonly email: string;
  readonly role: RoleName;
  /** Whether its link was mailed, and shown to nobody. */
  readonly is_mailed: boolean;
  /** `user:<id>` or `api_key:<id>`. */
  readonly invited_by: string;
}

const OPEN = `select id, tenant_id, email, role, is_mailed, invited_by from invitations
     where accepted_at is null and revoked_at is null and expires_at > now()`;

/** Held until the transaction ends. */
export async function findByHash(connection: Queryable, hash: Buffer): Promise<OpenInvitation | undefined> {
  return (await connection.query<OpenInvitation>(`${OPEN} and hash = $1 for update`, [hash])).rows[0];
}

/** Those of an address, the newest first; held until the transaction ends. */
export async function findByAddressOpen(transaction: Queryable, email: string): Promise<readonly OpenInvitation[]> {
  return (await transaction.query<OpenInvitation>(`${OPEN} and email = $1 order by id desc limit 100 for update`, [email])).rows;
}

/** Who made an invitation, as they are now in a tenant; undefined when they may do nothing there any more. */
export interface Inviter {
  readonly is_staff: boolean;
  /** Null where they are no member, and of a key without a person. */
  readonly role: RoleName | null;
  /** Of a key. */
  readonly scopes: readonly string[] | null;
}

export async function findInviter(
  connection: Queryable,
  { invited_by: by, tenant_id: tenantId }: Pick<OpenInvitation, 'invited_by' | 'tenant_id'>,
): Promise<Inviter | undefined> {
  const [kind, id] = by.split(':');
  const statement =
    kind === 'api_key'
      ? `select k.is_staff and coalesce(u.is_staff, k.user_id is null) as is_staff, m.role, k.scopes from api_keys k
         left join users u on u.id = k.user_id and u.disabled_at is null
         left join members m on m.user_id = u.id and m.tenant_id = $2
         where k.id = $1 and k.revoked_at is null and (k.user_id is null or u.id is not null)
           and (k.is_staff or (k.tenant_id = $2 and (k.user_id is null or m.id is not null)))`
      : `select u.is_staff, m.role, null as scopes from users u
         left join members m on m.user_id = u.id and m.tenant_id = $2
         where u.id = $1 and u.disabled_at is null and (u.is_staff or m.id is not null)`;
  return (await connection.query<Inviter>(statement, [id, tenantId])).rows[0];
}
