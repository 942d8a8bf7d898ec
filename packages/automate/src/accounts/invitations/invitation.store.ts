import type { Queryable } from '../../db/index.ts';
import type { RoleName } from '../../governance/index.ts';

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

export interface NewInvitation {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
  readonly role: RoleName;
  readonly hash: Buffer;
  /** `user:<id>` or `api_key:<id>`. */
  readonly invitedBy: string;
  readonly days: number;
  readonly isMailed: boolean;
}

/** Takes the place of one that is open for the same address. */
export async function insertInvitation(transaction: Queryable, invitation: NewInvitation): Promise<void> {
  const { id, tenantId, email, role, hash, invitedBy, days, isMailed } = invitation;
  await transaction.query(
    'update invitations set revoked_at = now() where tenant_id = $1 and email = $2 and accepted_at is null and revoked_at is null',
    [tenantId, email],
  );
  await transaction.query(
    `insert into invitations (id, tenant_id, email, role, hash, invited_by, expires_at, is_mailed)
     values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7), $8)`,
    [id, tenantId, email, role, hash, invitedBy, days, isMailed],
  );
}

/** @returns whether it was open */
export async function revokeInvitation(transaction: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'update invitations set revoked_at = now() where id = $1 and accepted_at is null and revoked_at is null',
    [id],
  );
  return rowCount > 0;
}

export async function markAccepted(transaction: Queryable, id: string): Promise<void> {
  await transaction.query('update invitations set accepted_at = now() where id = $1', [id]);
}
