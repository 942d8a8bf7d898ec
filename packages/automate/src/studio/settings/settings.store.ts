import type { Queryable } from '../../db/index.ts';

/** As in `18.1`. */
export async function databaseVersion(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ version: string }>(`select current_setting('server_version') as version`);
  return rows[0]?.version ?? '';
}
