import type { Queryable } from '../../db/index.ts';

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

/** Held until the transaction ends: there is one first owner. */
export async function lockSetUp(transaction: Queryable): Promise<void> {
  await transaction.query(`select pg_advisory_xact_lock(hashtextextended('automate.setup', 0))`);
}
