import type { Queryable } from '../../db/index.ts';

export async function insertFlow(db: Queryable, flow: { key: Buffer; value: Buffer; seconds: number }): Promise<void> {
  await db.query('insert into sign_in_flows (key, value, expires_at) values ($1, $2, now() + make_interval(secs => $3))', [
    flow.key,
    flow.value,
    flow.seconds,
  ]);
}

/** Takes a flow out, so that it ends once; undefined when it is unknown, over or too old. */
export async function takeFlow(db: Queryable, key: Buffer): Promise<Uint8Array | undefined> {
  const { rows } = await db.query<{ value: Uint8Array; is_fresh: boolean }>(
    'delete from sign_in_flows where key = $1 returning value, expires_at > now() as is_fresh',
    [key],
  );
  return rows[0]?.is_fresh ? rows[0].value : undefined;
}
