import type { Db, Queryable } from '../../db/index.ts';
import type { SealedValue } from './envelope.ts';

/** A secret as whoever resolves it needs it. */
export interface StoredSecret extends Partial<SealedValue> {
  readonly tenant_id: string;
  readonly name: string;
  readonly hosts: string[];
  readonly reference: string | null;
  readonly version: number;
}

/** A wrapped data key and what it belongs to. */
export interface WrappedKeyRow {
  readonly secret_id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly version: number;
  readonly data_key: Uint8Array;
  readonly master_version: number;
}

const COLUMNS = 's.tenant_id, s.name, s.hosts, s.reference, s.current_version as version, v.sealed, v.data_key, v.master_version';
const CURRENT = 'left join secret_versions v on v.secret_id = s.id and v.version = s.current_version';

export async function findSecrets(db: Queryable, wanted: readonly { tenantId: string; name: string }[]): Promise<StoredSecret[]> {
  const { rows } = await db.query<StoredSecret>(
    `select ${COLUMNS} from unnest($1::uuid[], $2::text[]) as wanted (tenant_id, name)
     join secrets s on s.tenant_id = wanted.tenant_id and s.name = wanted.name ${CURRENT}`,
    [wanted.map(({ tenantId }) => tenantId), wanted.map(({ name }) => name)],
  );
  return rows;
}

/** Stored values of a tenant, the newest first. */
export async function findStored(db: Queryable, tenantId: string, limit: number): Promise<StoredSecret[]> {
  const { rows } = await db.query<StoredSecret>(
    `select ${COLUMNS} from secrets s ${CURRENT} where s.tenant_id = $1 and v.sealed is not null order by s.updated_at desc limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** Those of the names that the tenant of the transaction has. */
export async function existingSecrets(transaction: Queryable, names: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.query<{ name: string }>('select name from secrets where name = any($1)', [names]);
  return rows.map(({ name }) => name);
}

export async function countSecrets(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>('select count(*) as count from secrets where tenant_id = $1', [
    tenantId,
  ]);
  return Number(rows[0]?.count);
}

export async function insertSecret(
  transaction: Queryable,
  secret: {
    id: string;
    tenantId: string;
    name: string;
    description: string;
    hosts: readonly string[];
    reference: string | null;
    createdBy: string;
  },
): Promise<void> {
  await transaction.query(
    'insert into secrets (id, tenant_id, name, description, hosts, reference, created_by) values ($1, $2, $3, $4, $5, $6, $7)',
    [secret.id, secret.tenantId, secret.name, secret.description, secret.hosts, secret.reference, secret.createdBy],
  );
}

export async function insertVersion(
  transaction: Queryable,
  version: SealedValue & { secretId: string; tenantId: string; version: number },
): Promise<void> {
  await transaction.query(
    'insert into secret_versions (secret_id, tenant_id, version, sealed, data_key, master_version) values ($1, $2, $3, $4, $5, $6)',
    [version.secretId, version.tenantId, version.version, version.sealed, version.data_key, version.master_version],
  );
}

/** Makes the next version the current one; false when another rotation was faster. */
export async function advance(transaction: Queryable, id: string, from: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'update secrets set current_version = $2 + 1, rotated_at = now(), updated_at = now() where id = $1 and current_version = $2',
    [id, from],
  );
  return rowCount > 0;
}

/** Values that were replaced go with the next rotation. */
export async function removeOlder(transaction: Queryable, id: string, version: number): Promise<void> {
  await transaction.query('delete from secret_versions where secret_id = $1 and version < $2', [id, version]);
}

export async function updateFacts(
  transaction: Queryable,
  id: string,
  facts: { description?: string | undefined; hosts?: readonly string[] | undefined },
): Promise<void> {
  await transaction.query(
    'update secrets set description = coalesce($2, description), hosts = coalesce($3, hosts), updated_at = now() where id = $1',
    [id, facts.description ?? null, facts.hosts ?? null],
  );
}

export async function removeSecret(transaction: Queryable, id: string): Promise<boolean> {
  return (await transaction.query('delete from secrets where id = $1', [id])).rowCount > 0;
}

/** Data keys that an older master key than this wraps. */
export async function findOutdated(db: Db, version: number, limit: number): Promise<WrappedKeyRow[]> {
  const { rows } = await db.query<WrappedKeyRow>(
    `select v.secret_id, v.tenant_id, s.name, v.version, v.data_key, v.master_version
     from secret_versions v join secrets s on s.id = v.secret_id where v.master_version < $1
     order by v.master_version, v.secret_id, v.version limit $2`,
    [version, limit],
  );
  return rows;
}

/** Replaces wrappings where nobody did meanwhile, all in one statement. @returns how many */
export async function replaceWraps(db: Db, rows: readonly (WrappedKeyRow & { readonly was: number })[]): Promise<number> {
  const { rowCount } = await db.query(
    `update secret_versions v set data_key = n.data_key, master_version = n.master_version
     from unnest($1::uuid[], $2::int[], $3::bytea[], $4::int[], $5::int[]) as n (secret_id, version, data_key, master_version, was)
     where v.secret_id = n.secret_id and v.version = n.version and v.master_version = n.was`,
    [
      rows.map((row) => row.secret_id),
      rows.map((row) => row.version),
      rows.map((row) => row.data_key),
      rows.map((row) => row.master_version),
      rows.map((row) => row.was),
    ],
  );
  return rowCount;
}
