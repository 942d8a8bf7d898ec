import type { Queryable } from '../../db/index.ts';
import { revokeAll } from '../../governance/index.ts';
import { removePendingFactor, removeUnprovenFactor } from '../second-factor/second-factor.store.ts';

/** What was taken from an account. */
export interface Voided {
  readonly hadPassword: boolean;
  readonly hadSecondFactor: boolean;
  readonly sessions: number;
  /** Keys that are revoked, with those that were made with them. */
  readonly keys: readonly { readonly id: string; readonly tenant_id: string }[];
}

/** Held until the transaction ends: an address comes in once, however many invitations it has. */
export async function lockAddress(transaction: Queryable, email: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`automate.address ${email}`]);
}

export async function markProven(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query('update users set email_verified = true, unproven_since = null where id = $1', [userId]);
}

/** A set-up of a second factor that was begun goes too: whoever comes next could finish it. */
export async function markDoubted(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query(
    'update users set email_verified = false, unproven_since = coalesce(unproven_since, now()) where id = $1',
    [userId],
  );
  await removePendingFactor(transaction, userId);
}

/** Whoever comes next with the address is the owner: nothing that is there now is known to be theirs. */
export async function forgetOwner(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query('delete from identities where user_id = $1', [userId]);
  await transaction.query(`update users set email_verified = false, unproven_since = 'epoch' where id = $1`, [userId]);
}

/**
 * Takes from an account what may be somebody else's: password, sessions and links in any case; second factor and keys if they
 * were made, or got their value, since its address was last proven.
 */
export async function voidCredentials(transaction: Queryable, userId: string): Promise<Voided> {
  const since = '(select unproven_since from users where id = $1)';
  const count = async (statement: string) => (await transaction.query(statement, [userId])).rowCount;
  // Sessions first: who makes a key holds theirs until it is made.
  const sessions = await count('delete from sessions where user_id = $1');
  const passwords = await count('delete from passwords where user_id = $1');
  const hadSecondFactor = await removeUnprovenFactor(transaction, userId);
  await count('delete from one_time_tokens where user_id = $1');
  const { rows } = await transaction.query<{ id: string }>(
    `select id from api_keys where user_id = $1 and (created_at >= ${since} or rotated_at >= ${since})`,
    [userId],
  );
  const keys = await revokeAll(
    transaction,
    rows.map(({ id }) => id),
  );
  return { hadPassword: passwords > 0, hadSecondFactor, sessions, keys };
}
