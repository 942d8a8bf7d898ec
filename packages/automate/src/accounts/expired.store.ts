import type { Db } from '../db/index.ts';

/** Takes away what nobody can use any more: links, sign-ins at a provider that were not finished, sessions. */
export async function removeExpired(db: Db): Promise<void> {
  await db.query('delete from one_time_tokens where expires_at < now()');
  await db.query('delete from sign_in_flows where expires_at < now()');
  await db.query('delete from sessions where expires_at < now()');
}
