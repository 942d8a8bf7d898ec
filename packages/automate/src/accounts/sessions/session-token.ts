import { createHash, randomBytes } from 'node:crypto';

/** A session ends then, however much it is used. */
export const SESSION_SECONDS = 7 * 86_400;
/** The prefix binds it to this host, to HTTPS and to the whole path (RFC 6265bis, 4.1.3.2). */
export const SESSION_COOKIE = '__Host-automate_session';

export function newSessionToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a session's token: SHA-256, since 256 random bits need no slow hash. */
export function sessionHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
