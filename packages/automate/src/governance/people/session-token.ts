import { createHash } from 'node:crypto';

/** A session ends then, however much it is used. */
export const SESSION_SECONDS = 7 * 86_400;
/** The prefix binds it to this host, to HTTPS and to the whole path (RFC 6265bis, 4.1.3.2). */
export const SESSION_COOKIE = '__Host-automate_session';

const HASHED = 'sha256:';

/** A session's token as it is stored. One that is hashed stays as it is: lists of sessions hold those. */
export function storedToken(token: string): string {
  return token.startsWith(HASHED) ? token : HASHED + createHash('sha256').update(token).digest('base64url');
}
