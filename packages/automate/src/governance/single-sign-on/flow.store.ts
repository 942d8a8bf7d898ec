import type { Queryable } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';

export async function insertFlow(db: Queryable, flow: { key: string; value: string; seconds: number }): Promise<void> {
  await db.query(
    'insert into verifications (id, identifier, value, expires_at) values ($1, $2, $3, now() + make_interval(secs => $4))',
    [newId(), flow.key, flow.value, flow.seconds],
  );
}

/** Takes a flow out, so that it ends once; undefined when it is unknown, over or too old. */
export async function takeFlow(db: Queryable, key: string): Promise<string | undefined> {
  const { rows } = await db.query<{ value: string; is_fresh: boolean }>(
    'delete from verifications where identifier = $1 returning value, expires_at > now() as is_fresh',
    [key],
  );
  return rows[0]?.is_fresh ? rows[0].value : undefined;
}
