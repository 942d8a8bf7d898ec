import type { Queryable } from '../../db/index.ts';
import { type Keyring, openBytes, sealBytes } from '../../governance/index.ts';
import { hashOfBackupCode, newBackupCodes } from './backup-codes.ts';
import {
  confirmFactor,
  type FactorRow,
  insertPending,
  lockFactor,
  removeFactor,
  storeFailures,
  takeBackupCode,
  takeStep,
} from './second-factor.store.ts';
import { isTotpCode, newTotpSecret, stepOf, totpUri } from './totp.ts';

/** What somebody gets who sets up a second factor; it is shown this once. */
export interface NewFactor {
  /** `otpauth://` for an authenticator. */
  readonly uri: string;
  readonly backupCodes: readonly string[];
}

export type CodeCheck = { readonly outcome: 'passed' | 'wrong' } | { readonly outcome: 'locked'; readonly seconds: number };

/** The second factor of people: an authenticator (TOTP, RFC 6238), and backup codes for who has lost it. Call these under a lock of the user's row. */
export interface SecondFactor {
  /** Makes one that waits for its first code; until then it is asked for nowhere. @returns undefined where one is in use already */
  begin(transaction: Queryable, user: { readonly id: string; readonly email: string }): Promise<NewFactor | undefined>;
  /** Takes the first code. @returns false when it is wrong, or nothing waits for it */
  confirm(transaction: Queryable, userId: string, code: string): Promise<boolean>;
  /** Whether it was in use or only waited. */
  remove(transaction: Queryable, userId: string): Promise<void>;
  /**
   * Takes a code of the authenticator, or a backup code, of somebody who signs in. Each is taken once; ten wrong ones in a row lock
   * it for a quarter of an hour. Nothing is thrown for a wrong one: that it was counted has to be committed.
   */
  check(transaction: Queryable, userId: string, code: string): Promise<CodeCheck>;
}

const MAXIMUM_FAILURES = 10;
const LOCK_SECONDS = 900;

export function createSecondFactor(keyring: Pick<Keyring, 'systemKey'>): SecondFactor {
  const hashOf = (userId: string, code: string) => hashOfBackupCode(keyring.systemKey('backup_codes'), userId, code);
  const stepIn = (userId: string, { secret }: FactorRow, code: string) =>
    stepOf(openBytes(keyring.systemKey('second_factor'), secret, contextOf(userId)), code);

  async function take(transaction: Queryable, userId: string, factor: FactorRow, code: string): Promise<boolean> {
    if (!isTotpCode(code)) return takeBackupCode(transaction, userId, hashOf(userId, code));
    const step = stepIn(userId, factor, code);
    // A code that somebody has looked at over a shoulder is of no use any more (RFC 6238, 5.2).
    return step !== undefined && takeStep(transaction, userId, step);
  }

  return {
    async begin(transaction, { id: userId, email }) {
      const secret = newTotpSecret();
      const backupCodes = newBackupCodes();
      const isMade = await insertPending(transaction, {
        userId,
        secret: sealBytes(keyring.systemKey('second_factor'), secret, contextOf(userId)),
        backupCodes: backupCodes.map((code) => hashOf(userId, code)),
      });
      return isMade ? { uri: totpUri(secret, email), backupCodes } : undefined;
    },
    async confirm(transaction, userId, code) {
      const factor = await lockFactor(transaction, userId);
      const step = factor && !factor.is_confirmed ? stepIn(userId, factor, code) : undefined;
      if (step !== undefined) await confirmFactor(transaction, userId, step);
      return step !== undefined;
    },
    remove: removeFactor,
    async check(transaction, userId, code) {
      const factor = await lockFactor(transaction, userId);
      if (!factor?.is_confirmed) return { outcome: 'wrong' };
      const { failures, locked_seconds: locked } = factor;
      if (locked !== null && locked > 0) return { outcome: 'locked', seconds: locked };
      if (await take(transaction, userId, factor, code)) return { outcome: 'passed' };
      // After a lock that is over they are counted anew.
      const counted = locked === null ? failures + 1 : 1;
      await storeFailures(transaction, userId, counted, counted >= MAXIMUM_FAILURES ? LOCK_SECONDS : null);
      return { outcome: 'wrong' };
    },
  };
}

/** A sealed secret opens for the person whom it was made for alone. */
function contextOf(userId: string): string {
  return `second factor ${userId}`;
}
