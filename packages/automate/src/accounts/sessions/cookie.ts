import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Context, headerOf } from '../../api/index.ts';
import { peopleErrors } from '../people/errors.ts';
import { SESSION_COOKIE, SESSION_SECONDS } from './session-token.ts';

/** The cookie that carries a session's token, signed: what was not given out here is not even looked up. */
export function sessionCookie(secret: string, token: string): string {
  const value = encodeURIComponent(`${token}.${signatureOf(secret, token)}`);
  return `${SESSION_COOKIE}=${value}; Max-Age=${SESSION_SECONDS}; ${ATTRIBUTES}`;
}

const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';
export const expiredCookie = `${SESSION_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;

/** The session token of a request; null when its cookie is not one of ours, undefined when there is none. */
export function presentedToken(ctx: Context, secret: string): string | null | undefined {
  const given = cookieOf(ctx, SESSION_COOKIE);
  if (given === undefined || given === '') return undefined;
  const dot = given.lastIndexOf('.');
  const token = given.slice(0, dot);
  const [expected, actual] = [Buffer.from(signatureOf(secret, token)), Buffer.from(given.slice(dot + 1))];
  return dot > 0 && expected.length === actual.length && timingSafeEqual(expected, actual) ? token : null;
}

/**
 * Refuses what another site's page sent with the cookies of this one. A browser says where a request comes from; what says
 * nothing of that is no browser, and has no business with cookies.
 * @throws AppError `csrf`
 */
export function requireSameOrigin(ctx: Context, publicUrl: string | undefined): void {
  const site = headerOf(ctx.request, 'sec-fetch-site');
  if (site === 'same-origin') return;
  const origin = headerOf(ctx.request, 'origin');
  if (site === undefined || site === 'none') {
    if (origin !== undefined && isOwnOrigin(origin, ctx, publicUrl)) return;
  } else if (site === 'same-site' && origin !== undefined && publicUrl !== undefined && origin === new URL(publicUrl).origin)
    return;
  throw peopleErrors.csrf('A page of another site may not do this; send Origin or Sec-Fetch-Site, or use an API key.');
}

function isOwnOrigin(origin: string, ctx: Context, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin;
  return URL.canParse(origin) && new URL(origin).host === headerOf(ctx.request, 'host');
}

/** The value of a cookie that the request brings. */
export function cookieOf(ctx: Context, name: string): string | undefined {
  const header = headerOf(ctx.request, 'cookie');
  if (header === undefined || header.length > 16_384) return undefined;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() !== name) continue;
    try {
      return decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      return '.';
    }
  }
  return undefined;
}

function signatureOf(secret: string, token: string): string {
  return createHmac('sha256', secret).update(token).digest('base64');
}
