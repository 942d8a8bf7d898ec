import type { Queryable } from '../../db/index.ts';

export interface WrapRow {
  readonly version: number;
  readonly root_id: string;
  readonly wrapped: Uint8Array;
}

/** Held until the transaction ends: one process at a time makes keys. */
export async function lockKeys(transaction: Queryable): Promise<void> {
  await transaction.query(`select pg_advisory_xact_lock(hashtextextended('automate.keyring', 0))`);
}

/** Wrappings of all master keys or of one, newest first. */
export async function findWraps(db: Queryable, version?: number): Promise<WrapRow[]> {
  const { rows } = await db.query<WrapRow>(
    'select version, root_id, wrapped from master_key_wraps where $1::int is null or version = $1 order by version desc',
    [version ?? null],
  );
  return rows;
}

export async function insertMasterKey(transaction: Queryable): Promise<number> {
  const { rows } = await transaction.query<{ version: number }>(
    'insert into master_keys (version) select coalesce(max(version), 0) + 1 from master_keys returning version',
  );
  return rows[0]?.version as number;
}

export async function insertWrap(transaction: Queryable, { version, root_id, wrapped }: WrapRow): Promise<void> {
  await transaction.query(
    'insert into master_key_wraps (version, root_id, wrapped) values ($1, $2, $3) on conflict (version, root_id) do nothing',
    [version, root_id, wrapped],
  );
}

export async function findSystemKeys(db: Queryable): Promise<readonly { readonly name: string; readonly sealed: Uint8Array }[]> {
  return (await db.query<{ name: string; sealed: Uint8Array }>('select name, sealed from system_keys')).rows;
}

/** Does nothing when there is one already. */
export async function insertSystemKey(db: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await db.query('insert into system_keys (name, sealed) values ($1, $2) on conflict (name) do nothing', [name, sealed]);
}

export async function replaceSystemKey(transaction: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await transaction.query('update system_keys set sealed = $2 where name = $1', [name, sealed]);
}
