import type { Queryable } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';

/** Held until the transaction ends: the same person may come in twice at once. */
export async function lockIdentity(transaction: Queryable, issuer: string, subject: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`automate.identity ${issuer} ${subject}`]);
}

/** Whom a subject of a provider is linked to. */
export async function findLinked(transaction: Queryable, issuer: string, subject: string): Promise<string | undefined> {
  const { rows } = await transaction.query<{ user_id: string }>(
    'select user_id from accounts where provider_id = $1 and account_id = $2',
    [providerId(issuer), subject],
  );
  return rows[0]?.user_id;
}

/** Whether an account is linked to anybody at this provider. */
export async function hasLink(transaction: Queryable, issuer: string, userId: string): Promise<boolean> {
  const { rows } = await transaction.query('select 1 from accounts where user_id = $1 and provider_id = $2', [
    userId,
    providerId(issuer),
  ]);
  return rows.length > 0;
}

export async function insertLink(
  transaction: Queryable,
  link: { userId: string; issuer: string; subject: string },
): Promise<void> {
  await transaction.query('insert into accounts (id, user_id, provider_id, account_id) values ($1, $2, $3, $4)', [
    newId(),
    link.userId,
    providerId(link.issuer),
    link.subject,
  ]);
}

/** Cannot be taken for `credential`, the account that holds a password. */
function providerId(issuer: string): string {
  return `oidc:${issuer}`;
}
