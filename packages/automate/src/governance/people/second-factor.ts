import { randomBytes } from 'node:crypto';
import { AppError, commonErrors } from '../../kernel/index.ts';
import type { Auth } from './auth.ts';
import type { Client } from './client.ts';
import { signedCookie } from './cookie.ts';
import { peopleErrors, signInFailed } from './errors.ts';
import { SESSION_COOKIE } from './session-token.ts';

/** What better-auth refuses, told in one way: nothing may show which part was wrong. */
export async function asAppError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (AppError.is(error)) throw error;
    const { statusCode, body } = error as { statusCode?: number; body?: { code?: string } };
    if (statusCode === 429)
      throw commonErrors.rate_limited('Too many wrong codes: try again later.', { headers: { 'retry-after': '900' } });
    if (statusCode !== undefined && statusCode < 500) throw signInFailed(body?.code);
    throw error;
  }
}

/** What better-auth is told of who asks. */
export function headersOf(client: Client): Headers {
  return new Headers({ 'user-agent': client.userAgent, 'x-forwarded-for': client.address });
}

/**
 * Checks the second factor of somebody who has shown the first, and starts a session. @returns its cookie
 * @param challenge cookies in which better-auth remembers who that is
 * @throws AppError `two_factor_required`, `sign_in_failed`, `rate_limited`
 */
export async function passSecondFactor(auth: Auth, challenge: string, code: string | undefined, client: Client): Promise<string> {
  requireCode(code);
  const headers = headersOf(client);
  headers.set('cookie', challenge);
  const isBackup = !/^\d{6}$/.test(code);
  const passed = isBackup
    ? auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true })
    : auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true });
  return sessionCookieIn((await asAppError(passed)).headers);
}

/** @throws AppError `two_factor_required` */
export function requireCode(code: string | undefined): asserts code is string {
  if (code === undefined)
    throw peopleErrors.two_factor_required('Send the code of your authenticator, or a backup code, as "code".');
}

/** Lets somebody show their second factor who has shown another first one than a password, as better-auth does after that. */
export async function beginChallenge(auth: Auth, userId: string): Promise<string> {
  const { internalAdapter, createAuthCookie, secret } = await auth.$context;
  const identifier = `2fa-${randomBytes(20).toString('base64url')}`;
  const expiresAt = new Date(Date.now() + CHALLENGE_MS);
  await internalAdapter.createVerificationValue({ value: userId, identifier, expiresAt });
  await internalAdapter.createVerificationValue({ value: '0', identifier: `2fa-attempts-${identifier}`, expiresAt });
  return `${createAuthCookie('two_factor').name}=${signedCookie(secret, identifier)}`;
}

/** It is used at once. */
const CHALLENGE_MS = 60_000;

/** @throws AppError `sign_in_failed` when no session was started */
export function sessionCookieIn(headers: Headers): string {
  const found = headers.getSetCookie().find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`) && !/Max-Age=0/i.test(cookie));
  if (!found) throw signInFailed();
  return found;
}
