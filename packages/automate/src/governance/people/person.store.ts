import type { Db, Queryable } from '../../db/index.ts';
import type { RoleName } from '../roles/role-declaration.ts';

export interface Membership {
  readonly tenant_id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: RoleName;
}

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly is_staff: boolean;
  /** Whether whoever holds the account has shown that its address is theirs. */
  readonly email_verified: boolean;
  readonly two_factor_enabled: boolean;
  readonly disabled_at: string | null;
  readonly created_at: string;
}

const COLUMNS = 'id, name, email, is_staff, email_verified, two_factor_enabled, disabled_at, created_at';

export async function hasUsers(db: Queryable): Promise<boolean> {
  return (await db.query('select 1 from users limit 1')).rows.length > 0;
}

export async function findUser(db: Queryable, by: { id: string } | { email: string }): Promise<UserRow | undefined> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['email', by.email.toLowerCase()];
  return (await db.query<UserRow>(`select ${COLUMNS} from users where ${column} = $1`, [value])).rows[0];
}

/** The same, held until the transaction ends: what is decided about an account is decided one after the other. */
export async function lockUser(transaction: Queryable, by: { id: string } | { email: string }): Promise<UserRow | undefined> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['email', by.email.toLowerCase()];
  return (await transaction.query<UserRow>(`select ${COLUMNS} from users where ${column} = $1 for update`, [value])).rows[0];
}

/** An account with the hash of its password, in one statement whether or not there is one. */
export async function findByAddress(
  db: Queryable,
  email: string,
): Promise<(UserRow & { readonly password: string | null }) | undefined> {
  const columns = COLUMNS.replaceAll(/\w+/g, 'u.$&');
  const { rows } = await db.query<UserRow & { password: string | null }>(
    `select ${columns}, p.hash as password from users u left join passwords p on p.user_id = u.id where u.email = $1`,
    [email],
  );
  return rows[0];
}

/** Staff that came first, for whoever holds the machine. */
export async function firstStaff(db: Queryable): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(
    `select ${COLUMNS} from users where is_staff and disabled_at is null order by created_at, id limit 1`,
  );
  return rows[0];
}

export async function insertUser(
  transaction: Queryable,
  user: { id: string; name: string; email: string; isStaff: boolean; isEmailVerified: boolean },
): Promise<void> {
  await transaction.query(
    `insert into users (id, name, email, is_staff, email_verified, unproven_since)
     values ($1, $2, $3, $4, $5, case when $5 then null else 'epoch'::timestamptz end)`,
    [user.id, user.name, user.email.toLowerCase(), user.isStaff, user.isEmailVerified],
  );
}

export async function setPassword(transaction: Queryable, userId: string, hash: string): Promise<void> {
  await transaction.query(
    `insert into passwords (user_id, hash) values ($1, $2)
     on conflict (user_id) do update set hash = excluded.hash, updated_at = now()`,
    [userId, hash],
  );
}

/** The hash of a password; undefined for who has none. */
export async function passwordOf(db: Queryable, userId: string): Promise<string | undefined> {
  return (await db.query<{ hash: string }>('select hash from passwords where user_id = $1', [userId])).rows[0]?.hash;
}

export async function updateUser(
  transaction: Queryable,
  id: string,
  change: { name?: string | undefined; is_staff?: boolean | undefined; disabled?: boolean | undefined },
): Promise<void> {
  await transaction.query(
    `update users set name = coalesce($2, name), is_staff = coalesce($3, is_staff), updated_at = now(),
       disabled_at = case when $4::boolean then coalesce(disabled_at, now()) when not $4::boolean then null else disabled_at end
     where id = $1`,
    [id, change.name ?? null, change.is_staff ?? null, change.disabled ?? null],
  );
  if (change.name !== undefined) await transaction.query('update members set name = $2 where user_id = $1', [id, change.name]);
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
    `insert into members (id, tenant_id, user_id, role, email, name) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, user_id) do nothing`,
    [member.id, member.tenantId, member.userId, member.role, member.email.toLowerCase(), member.name],
  );
  return rowCount > 0;
}

export type TokenPurpose = 'setup' | 'sign_in' | 'reset_password';

export interface NewToken {
  readonly purpose: TokenPurpose;
  readonly userId: string | null;
  readonly seconds: number;
  /** The address that it is sent to, if nobody else gets to see it. */
  readonly mailedTo?: string;
}

export async function insertToken(db: Queryable, token: NewToken & { hash: Buffer }): Promise<void> {
  await db.query(
    `insert into one_time_tokens (hash, purpose, user_id, expires_at, mailed_to)
     values ($1, $2, $3, now() + make_interval(secs => $4), $5)`,
    [token.hash, token.purpose, token.userId, token.seconds, token.mailedTo ?? null],
  );
}

/** Whose token it is, while it can still be used. */
export async function holderOf(db: Queryable, hash: Buffer, purpose: TokenPurpose): Promise<string | undefined> {
  return (await db.query<{ user_id: string | null }>(HOLDER, [hash, purpose])).rows[0]?.user_id ?? undefined;
}

/** The same, and nobody else can use it until the transaction ends. */
export async function lockToken(transaction: Queryable, hash: Buffer, purpose: TokenPurpose): Promise<string | undefined> {
  const { rows } = await transaction.query<{ user_id: string | null }>(`${HOLDER} for update`, [hash, purpose]);
  return rows[0]?.user_id ?? undefined;
}

const HOLDER = 'select user_id from one_time_tokens where hash = $1 and purpose = $2 and expires_at > now()';

/** Takes a token out, so that it works once; undefined when it is unknown, used up or too old. */
export async function consumeToken(
  transaction: Queryable,
  hash: Buffer,
  purpose: TokenPurpose,
): Promise<{ user_id: string | null; mailed_to: string | null } | undefined> {
  const { rows } = await transaction.query<{ user_id: string | null; mailed_to: string | null; is_fresh: boolean }>(
    'delete from one_time_tokens where hash = $1 and purpose = $2 returning user_id, mailed_to, expires_at > now() as is_fresh',
    [hash, purpose],
  );
  return rows[0]?.is_fresh ? rows[0] : undefined;
}

/** Links of a kind that were not used are void when a new one is made. */
export async function removeTokens(transaction: Queryable, purpose: TokenPurpose, userId: string | null): Promise<void> {
  await transaction.query('delete from one_time_tokens where purpose = $1 and user_id is not distinct from $2', [
    purpose,
    userId,
  ]);
}

export async function removeExpired(db: Db): Promise<void> {
  await db.query('delete from one_time_tokens where expires_at < now()');
  await db.query('delete from sign_in_flows where expires_at < now()');
  await db.query('delete from sessions where expires_at < now()');
}

export async function tenantOf(db: Queryable, id: string): Promise<{ id: string; slug: string; name: string } | undefined> {
  return (await db.query<{ id: string; slug: string; name: string }>('select id, slug, name from tenants where id = $1', [id]))
    .rows[0];
}
