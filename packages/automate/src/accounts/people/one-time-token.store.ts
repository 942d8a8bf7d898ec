import type { Queryable } from '../../db/index.ts';

export type TokenPurpose = 'setup' | 'sign_in' | 'reset_password';

export interface NewToken {
  readonly purpose: TokenPurpose;
  readonly userId: string | null;
  readonly seconds: number;
  /** The address that it is sent to, if nobody else gets to see it. */
  readonly mailedTo?: string;
}

export async function insertToken(db: Queryable, token: NewToken & { hash: Buffer }): Promise<void> {
  await db.query(
    `insert into one_time_tokens (hash, purpose, user_id, expires_at, mailed_to)
     values ($1, $2, $3, now() + make_interval(secs => $4), $5)`,
    [token.hash, token.purpose, token.userId, token.seconds, token.mailedTo ?? null],
  );
}

/** Whose token it is, while it can still be used. */
export async function holderOf(db: Queryable, hash: Buffer, purpose: TokenPurpose): Promise<string | undefined> {
  return (await db.query<{ user_id: string | null }>(HOLDER, [hash, purpose])).rows[0]?.user_id ?? undefined;
}

/** The same, and nobody else can use it until the transaction ends. */
export async function lockToken(transaction: Queryable, hash: Buffer, purpose: TokenPurpose): Promise<string | undefined> {
  const { rows } = await transaction.query<{ user_id: string | null }>(`${HOLDER} for update`, [hash, purpose]);
  return rows[0]?.user_id ?? undefined;
}

const HOLDER = 'select user_id from one_time_tokens where hash = $1 and purpose = $2 and expires_at > now()';

/** Takes a token out, so that it works once; undefined when it is unknown, used up or too old. */
export async function consumeToken(
  transaction: Queryable,
  hash: Buffer,
  purpose: TokenPurpose,
): Promise<{ user_id: string | null; mailed_to: string | null } | undefined> {
  const { rows } = await transaction.query<{ user_id: string | null; mailed_to: string | null; is_fresh: boolean }>(
    'delete from one_time_tokens where hash = $1 and purpose = $2 returning user_id, mailed_to, expires_at > now() as is_fresh',
    [hash, purpose],
  );
  return rows[0]?.is_fresh ? rows[0] : undefined;
}

/** Links of a kind that were not used are void when a new one is made. */
export async function removeTokens(transaction: Queryable, purpose: TokenPurpose, userId: string | null): Promise<void> {
  await transaction.query('delete from one_time_tokens where purpose = $1 and user_id is not distinct from $2', [
    purpose,
    userId,
  ]);
}
