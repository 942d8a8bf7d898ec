import type { Db, Queryable } from '../../db/index.ts';
import type { RoleName } from '../roles/role-declaration.ts';
import type { KeyKind } from './key-value.ts';

export interface KeyFacts {
  readonly id: string;
  readonly tenant_id: string;
  readonly kind: KeyKind;
  readonly scopes: string[];
  readonly is_staff: boolean;
  readonly origins: string[];
  readonly user_id: string | null;
  readonly expires_at: string | null;
}

/** A key that may be used now, by the hash it was found by. */
export interface UsableKey extends KeyFacts {
  readonly found_by: Uint8Array;
  readonly was_used_lately: boolean;
  /** Of the user behind it, in the tenant of the key. */
  readonly role: RoleName | null;
}

export interface NewKeyRow extends Omit<KeyFacts, 'expires_at'> {
  readonly name: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly expires_at: Date | null;
  readonly created_by: string | null;
  readonly parent_id: string | null;
}

/** Those of the hashes that may be used now; after a rotation the earlier one for a while too. */
export async function findUsable(db: Db, hashes: readonly Buffer[]): Promise<UsableKey[]> {
  const { rows } = await db.query<UsableKey>(
    `select k.id, k.tenant_id, k.kind, k.scopes, k.is_staff and coalesce(u.is_staff, k.user_id is null) as is_staff, k.origins, m.role, k.user_id, h.hash as found_by,
            least(k.expires_at, case when h.hash = k.previous_hash then k.previous_expires_at end) as expires_at,
            coalesce(k.last_used_at > now() - interval '1 minute', false) as was_used_lately
     from unnest($1::bytea[]) as h (hash)
     join api_keys k on k.hash = h.hash or (k.previous_hash = h.hash and k.previous_expires_at > now())
     left join users u on u.id = k.user_id and u.disabled_at is null
     left join members m on m.user_id = u.id and m.tenant_id = k.tenant_id
     where (k.user_id is null or m.id is not null) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`,
    [hashes],
  );
  return rows;
}

/** Keys that can be used, without those of the installation. */
export async function countKeys(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*) as count from api_keys
     where tenant_id = $1 and created_by is not null and revoked_at is null and (expires_at is null or expires_at > now())`,
    [tenantId],
  );
  return Number(rows[0]?.count);
}

export async function touch(db: Db, ids: readonly string[]): Promise<void> {
  await db.query('update api_keys set last_used_at = now() where id = any($1)', [ids]);
}

/** Does nothing when a key has the value already, or ever had it: a restart must not bring it back. */
export async function insertKey(connection: Queryable, key: NewKeyRow): Promise<boolean> {
  const { rowCount } = await connection.query(
    `insert into api_keys (id, tenant_id, kind, name, prefix, hash, scopes, is_staff, origins, expires_at, created_by, user_id, parent_id)
     select $1, $2, $3, $4, $5, $6::bytea, $7, $8, $9, $10, $11, $12, $13
     where not exists (select from retired_key_values where hash = $6::bytea) on conflict (hash) do nothing`,
    [
      key.id,
      key.tenant_id,
      key.kind,
      key.name,
      key.prefix,
      key.hash,
      key.scopes,
      key.is_staff,
      key.origins,
      key.expires_at?.toISOString() ?? null,
      key.created_by,
      key.user_id,
      key.parent_id,
    ],
  );
  return rowCount > 0;
}

/** Gives a key another value; the one before goes on for the overlap. False when it may not be used any more. */
export async function replaceHash(
  transaction: Queryable,
  key: { id: string; hash: Buffer; overlapSeconds: number },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `with usable as (
       select id, tenant_id, hash from api_keys
       where id = $1 and revoked_at is null and (expires_at is null or expires_at > now()) for update
     ), retired as (
       insert into retired_key_values (hash, tenant_id, api_key_id) select hash, tenant_id, id from usable
     )
     update api_keys k
     set previous_hash = k.hash, previous_expires_at = now() + make_interval(secs => $3), hash = $2, rotated_at = now()
     from usable where k.id = usable.id`,
    [key.id, key.hash, key.overlapSeconds],
  );
  return rowCount > 0;
}

/** Revokes keys and all that were made with them, directly or not. @returns those that were not revoked before */
export async function revokeAll(
  transaction: Queryable,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly tenant_id: string }[]> {
  const { rows } = await transaction.query<{ id: string; tenant_id: string }>(
    `with recursive family as (
       select id from api_keys where id = any($1)
       union select child.id from api_keys child join family on child.parent_id = family.id
     )
     update api_keys set revoked_at = now() where id in (select id from family) and revoked_at is null returning id, tenant_id`,
    [ids],
  );
  return rows;
}

export async function rename(transaction: Queryable, id: string, name: string): Promise<void> {
  await transaction.query('update api_keys set name = $2 where id = $1', [id, name]);
}

/** A key that may be used now, which stays so until the transaction ends. */
export async function lockLive(transaction: Queryable, id: string): Promise<{ readonly expires_at: string | null } | undefined> {
  const { rows } = await transaction.query<{ expires_at: string | null }>(
    `select expires_at from api_keys
     where id = $1 and revoked_at is null and (expires_at is null or expires_at > now()) for share`,
    [id],
  );
  return rows[0];
}

/** Who stands behind a key, and how long it goes on. */
export async function findHolding(
  transaction: Queryable,
  id: string,
): Promise<{ readonly user_id: string | null; readonly expires_at: string | null } | undefined> {
  const { rows } = await transaction.query<{ user_id: string | null; expires_at: string | null }>(
    'select user_id, expires_at from api_keys where id = $1',
    [id],
  );
  return rows[0];
}

/** Whether a key is another one, or was made with it, directly or not. */
export async function isMadeWith(transaction: Queryable, id: string, origin: string): Promise<boolean> {
  const { rows } = await transaction.query(
    `with recursive line as (
       select id, parent_id from api_keys where id = $1
       union select parent.id, parent.parent_id from api_keys parent join line on line.parent_id = parent.id
     )
     select 1 from line where id = $2`,
    [id, origin],
  );
  return rows.length > 0;
}
