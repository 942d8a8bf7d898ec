import type { Queryable } from '../../db/index.ts';

/** Held until the transaction ends: the same person may come in twice at once. */
export async function lockIdentity(transaction: Queryable, issuer: string, subject: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`automate.identity ${issuer} ${subject}`]);
}

/** Whom a subject of a provider is linked to. */
export async function findLinked(transaction: Queryable, issuer: string, subject: string): Promise<string | undefined> {
  const { rows } = await transaction.query<{ user_id: string }>(
    'select user_id from identities where issuer = $1 and subject = $2',
    [issuer, subject],
  );
  return rows[0]?.user_id;
}

/** Whether an account is linked to anybody at this provider. */
export async function hasLink(transaction: Queryable, issuer: string, userId: string): Promise<boolean> {
  const { rows } = await transaction.query('select 1 from identities where user_id = $1 and issuer = $2', [userId, issuer]);
  return rows.length > 0;
}

export async function insertLink(
  transaction: Queryable,
  link: { userId: string; issuer: string; subject: string },
): Promise<void> {
  await transaction.query('insert into identities (issuer, subject, user_id) values ($1, $2, $3)', [
    link.issuer,
    link.subject,
    link.userId,
  ]);
}
