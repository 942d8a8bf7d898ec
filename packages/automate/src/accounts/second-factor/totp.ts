import { createHmac, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** RFC 4226, 4: 160 bits are recommended. */
const SECRET_BYTES = 20;
/** What every authenticator knows, and many know nothing else. */
const KIND = { issuer: 'Automate', algorithm: 'SHA1', digits: 6, period: 30 };
/** Steps before and after this one whose codes count too: clocks differ, and typing takes its time (RFC 6238, 5.2). */
const WINDOW = 1;

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The `otpauth://` address that an authenticator takes. @param account as the authenticator shall show it */
export function totpUri(secret: Uint8Array, account: string): string {
  return authenticator(secret, account).toString();
}

/** Whether a text looks like a code of an authenticator. */
export function isTotpCode(text: string): boolean {
  return /^\d{6}$/.test(text);
}

/**
 * The time step that a code is of, half a minute each since 1970; undefined for a code of none that counts at this time.
 * @param milliseconds since 1970
 */
export function stepOf(secret: Uint8Array, code: string, milliseconds = Date.now()): number | undefined {
  // The library throws at what has six letters and more bytes.
  if (!isTotpCode(code)) return undefined;
  const totp = authenticator(secret);
  const away = totp.validate({ token: code, timestamp: milliseconds, window: WINDOW });
  return away === null ? undefined : totp.counter({ timestamp: milliseconds }) + away;
}

function authenticator(secret: Uint8Array, label = ''): TOTP {
  return new TOTP({ ...KIND, label, secret: new Secret({ buffer: new Uint8Array(secret).buffer }), hmac });
}

function hmac(algorithm: string, key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac(algorithm, key).update(message).digest();
}
