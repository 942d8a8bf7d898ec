import type { Queryable } from '../../db/index.ts';

/** The second factor of somebody, as it is stored. */
export interface FactorRow {
  readonly secret: Uint8Array;
  readonly is_confirmed: boolean;
  /** Of the code that was accepted last. */
  readonly last_step: number | null;
  /** Wrong codes in a row. */
  readonly failures: number;
  /** For how long no code is looked at; null when it never was locked since the last right one, not above 0 when that is over. */
  readonly locked_seconds: number | null;
}

/** Held until the transaction ends: codes of one person are looked at one after the other. */
export async function lockFactor(transaction: Queryable, userId: string): Promise<FactorRow | undefined> {
  const { rows } = await transaction.query<FactorRow>(
    `select secret, is_confirmed, last_step, failures, ceil(extract(epoch from locked_until - clock_timestamp()))::int as locked_seconds
     from second_factors where user_id = $1 for update`,
    [userId],
  );
  return rows[0];
}

/** Puts one in place of one that waits already. @returns whether it did, since none takes the place of one that is confirmed */
export async function insertPending(
  transaction: Queryable,
  factor: { userId: string; secret: Buffer; backupCodes: readonly Buffer[] },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `insert into second_factors (user_id, secret, backup_codes) values ($1, $2, $3::bytea[])
     on conflict (user_id) do update set secret = excluded.secret, backup_codes = excluded.backup_codes, created_at = now()
       where not second_factors.is_confirmed`,
    [factor.userId, factor.secret, factor.backupCodes],
  );
  return rowCount > 0;
}

/** From now on it is asked for. @param step of the code that confirmed it */
export async function confirmFactor(transaction: Queryable, userId: string, step: number): Promise<void> {
  await transaction.query('update second_factors set is_confirmed = true, last_step = $2 where user_id = $1', [userId, step]);
  await noteFactor(transaction, userId, true);
}

/** @returns false for a step that a code was accepted of already, or of one after it */
export async function takeStep(transaction: Queryable, userId: string, step: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `update second_factors set last_step = $2, failures = 0, locked_until = null
     where user_id = $1 and (last_step is null or last_step < $2)`,
    [userId, step],
  );
  return rowCount > 0;
}

/** @returns false for one that was never made, or was taken already */
export async function takeBackupCode(transaction: Queryable, userId: string, hash: Buffer): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `update second_factors set backup_codes = array_remove(backup_codes, $2::bytea), failures = 0, locked_until = null
     where user_id = $1 and $2::bytea = any(backup_codes)`,
    [userId, hash],
  );
  return rowCount > 0;
}

/** @param failures wrong codes in a row, this one included. @param lockSeconds for how long no code is looked at; null: the next one is */
export async function storeFailures(
  transaction: Queryable,
  userId: string,
  failures: number,
  lockSeconds: number | null,
): Promise<void> {
  await transaction.query(
    'update second_factors set failures = $2, locked_until = clock_timestamp() + make_interval(secs => $3) where user_id = $1',
    [userId, failures, lockSeconds],
  );
}

export async function removeFactor(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query('delete from second_factors where user_id = $1', [userId]);
  await noteFactor(transaction, userId, false);
}

/** Removes one that waits to be confirmed: whoever comes next could do it. */
export async function removePendingFactor(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query('delete from second_factors where user_id = $1 and not is_confirmed', [userId]);
}

/** Removes one that was made since the address of the account was last proven. @returns whether there was one */
export async function removeUnprovenFactor(transaction: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'delete from second_factors where user_id = $1 and created_at >= (select unproven_since from users where id = $1)',
    [userId],
  );
  if (rowCount > 0) await noteFactor(transaction, userId, false);
  return rowCount > 0;
}

/** At the user, and at each membership, where an owner sees it. */
async function noteFactor(transaction: Queryable, userId: string, isOn: boolean): Promise<void> {
  await transaction.query('update users set two_factor_enabled = $2 where id = $1', [userId, isOn]);
  await transaction.query('update members set two_factor_enabled = $2 where user_id = $1', [userId, isOn]);
}
