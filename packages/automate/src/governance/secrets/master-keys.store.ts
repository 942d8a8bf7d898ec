import type { Db } from '../../db/index.ts';

export interface MasterKeyRow {
  readonly version: number;
  readonly created_at: string;
  readonly retired_at: string | null;
  /** Values of secrets whose keys it wraps. */
  readonly values: number;
  /** Whether what it wraps can still be opened. */
  readonly is_held: boolean;
}

export async function listMasterKeys(db: Db): Promise<MasterKeyRow[]> {
  const { rows } = await db.query<MasterKeyRow>(
    `select k.version, k.created_at, k.retired_at,
            (select count(*) from secret_versions v where v.master_version = k.version) as values,
            exists (select from master_key_wraps w where w.version = k.version) as is_held
     from master_keys k order by k.version desc`,
  );
  return rows;
}

export async function retireBefore(db: Db, version: number): Promise<void> {
  await db.query('update master_keys set retired_at = now() where version < $1 and retired_at is null', [version]);
}

/** Destroys retired master keys that wrap nothing any more. @returns when the next one may go, null when none is left */
export async function destroyRetired(db: Db, graceSeconds: number): Promise<string | null> {
  await db.query(
    `delete from master_key_wraps w using master_keys k
     where k.version = w.version and k.retired_at < now() - make_interval(secs => $1)
       and not exists (select from secret_versions v where v.master_version = k.version)`,
    [graceSeconds],
  );
  const { rows } = await db.query<{ next: string | null }>(
    `select min(retired_at) + make_interval(secs => $1) as next from master_keys k
     where retired_at is not null and exists (select from master_key_wraps w where w.version = k.version)`,
    [graceSeconds],
  );
  return rows[0]?.next ?? null;
}
