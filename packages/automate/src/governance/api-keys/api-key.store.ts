import type { Db } from '../../db/index.ts';

export interface ApiKeyRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly scopes: string[];
  readonly is_staff: boolean;
  readonly expires_at: string | null;
}

/** The key with this hash if it may be used now; remembers that it was. */
export async function findByHash(db: Db, hash: Buffer): Promise<ApiKeyRow | undefined> {
  const { rows } = await db.query<ApiKeyRow>(
    `update api_keys set last_used_at = now()
     where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())
     returning id, tenant_id, scopes, is_staff, expires_at`,
    [hash],
  );
  return rows[0];
}

export async function insertApiKey(
  db: Db,
  key: {
    id: string;
    tenantId: string;
    name: string;
    prefix: string;
    hash: Buffer;
    scopes: readonly string[];
    isStaff: boolean;
    expiresAt?: Date;
  },
): Promise<void> {
  await db.query(
    `insert into api_keys (id, tenant_id, name, prefix, hash, scopes, is_staff, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (hash) do nothing`,
    [key.id, key.tenantId, key.name, key.prefix, key.hash, key.scopes, key.isStaff, key.expiresAt?.toISOString() ?? null],
  );
}
