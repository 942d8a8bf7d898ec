import { createHmac, randomInt } from 'node:crypto';

const COUNT = 10;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Codes for who has lost the authenticator, `xxxxx-xxxxx`: nearly 60 bits each. */
export function newBackupCodes(): string[] {
  const letters = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: COUNT }, () => `${letters()}-${letters()}`);
}

/** What is kept of a backup code: without the key nobody can tell whether a code is one, so they cannot be tried on a copy. */
export function hashOfBackupCode(key: Uint8Array, userId: string, code: string): Buffer {
  return createHmac('sha256', key).update(`${userId} ${code}`).digest();
}
