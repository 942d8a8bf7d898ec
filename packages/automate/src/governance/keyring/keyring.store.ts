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

/** Wrappings of the master keys in use or of one of any age, newest first. */
export async function findWraps(db: Queryable, version?: number): Promise<WrapRow[]> {
  const { rows } = await db.query<WrapRow>(
    `select w.version, w.root_id, w.wrapped from master_key_wraps w join master_keys k using (version)
     where ($1::int is null and k.retired_at is null) or w.version = $1 order by w.version desc`,
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

export async function findSystemKey(db: Queryable, name: string): Promise<Uint8Array | undefined> {
  const { rows } = await db.query<{ sealed: Uint8Array }>('select sealed from system_keys where name = $1', [name]);
  return rows[0]?.sealed;
}

export async function insertSystemKey(transaction: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await transaction.query('insert into system_keys (name, sealed) values ($1, $2)', [name, sealed]);
}
