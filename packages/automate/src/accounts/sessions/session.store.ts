import type { Db, Queryable } from '../../db/index.ts';
import type { RoleName } from '../../governance/index.ts';

/** A session that is good at this moment, with who it belongs to. */
export interface LiveSession {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly user_id: string;
  readonly tenant_id: string;
  readonly role: RoleName;
  readonly is_staff: boolean;
  readonly expires_at: string;
  readonly was_used_lately: boolean;
}

/** A session that nobody used for this long has ended. */
const IDLE = `interval '12 hours'`;

/** The tenant is the one that was chosen, if they are still a member there, else their first. */
export async function findLive(db: Queryable, hashes: readonly Buffer[]): Promise<LiveSession[]> {
  const { rows } = await db.query<LiveSession>(
    `select s.id, s.hash, s.user_id, m.tenant_id, m.role, u.is_staff,
            least(s.expires_at, s.updated_at + ${IDLE}) as expires_at, (s.updated_at > now() - interval '1 minute' and m.last_seen_at is not null and m.last_seen_at > now() - interval '1 minute') as was_used_lately
     from sessions s
     join users u on u.id = s.user_id and u.disabled_at is null
     join lateral (
       select tenant_id, role, last_seen_at from members where user_id = s.user_id
       order by (tenant_id = s.tenant_id) desc nulls last, created_at, id limit 1
     ) m on true
     where s.hash = any($1::bytea[]) and s.expires_at > now() and s.updated_at > now() - ${IDLE}`,
    [hashes],
  );
  return rows;
}

/** Notes the use of sessions, and of the tenants they work in. */
export async function touchSessions(db: Db, used: readonly Pick<LiveSession, 'id' | 'user_id' | 'tenant_id'>[]): Promise<void> {
  await db.query('update sessions set updated_at = now() where id = any($1)', [used.map(({ id }) => id)]);
  await db.query(
    `update members m set last_seen_at = now() from unnest($1::uuid[], $2::uuid[]) as seen (user_id, tenant_id)
     where m.user_id = seen.user_id and m.tenant_id = seen.tenant_id`,
    [used.map(({ user_id }) => user_id), used.map(({ tenant_id }) => tenant_id)],
  );
}

/** Whether a session goes on, and it does until the transaction ends. Works on behalf of a tenant too. */
export async function holdSession(transaction: Queryable, hash: Buffer): Promise<boolean> {
  const { rows } = await transaction.query<{ goes_on: boolean }>('select hold_session($1) as goes_on', [hash]);
  return rows[0]?.goes_on === true;
}

export async function listSessions(db: Queryable, userId: string) {
  const { rows } = await db.query<{
    id: string;
    hash: Uint8Array;
    ip_address: string | null;
    user_agent: string | null;
    created_at: string;
    updated_at: string;
    expires_at: string;
  }>(
    `select id, hash, ip_address, user_agent, created_at, updated_at, least(expires_at, updated_at + ${IDLE}) as expires_at
     from sessions where user_id = $1 and expires_at > now() and updated_at > now() - ${IDLE} order by id desc`,
    [userId],
  );
  return rows;
}

export async function removeSession(
  transaction: Queryable,
  userId: string,
  by: { id: string } | { hash: Buffer },
): Promise<boolean> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['hash', by.hash];
  return (await transaction.query(`delete from sessions where user_id = $1 and ${column} = $2`, [userId, value])).rowCount > 0;
}

export async function removeSessionsOf(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query('delete from sessions where user_id = $1', [userId]);
}

export async function insertSession(
  transaction: Queryable,
  session: {
    id: string;
    userId: string;
    hash: Buffer;
    tenantId: string | null;
    address: string;
    userAgent: string;
    seconds: number;
  },
): Promise<void> {
  await transaction.query(
    `insert into sessions (id, user_id, hash, tenant_id, ip_address, user_agent, expires_at)
     values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`,
    [session.id, session.userId, session.hash, session.tenantId, session.address, session.userAgent, session.seconds],
  );
}
