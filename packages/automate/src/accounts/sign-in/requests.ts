import { addressKey, type Context, headerOf } from '../../api/index.ts';
import type { Client } from '../people/client.ts';
import { peopleErrors } from '../people/errors.ts';
import type { SignedIn } from './admission.ts';

/** Where a request comes from. */
export function clientOf(ctx: Context): Client {
  const { ip } = ctx.request;
  return {
    address: ip,
    network: addressKey(ip),
    userAgent: (headerOf(ctx.request, 'user-agent') ?? '').slice(0, 300),
    traceId: ctx.traceId,
  };
}

/** Hands the cookie of a session to a browser. */
export function startSession(ctx: Context, cookie: string): void {
  ctx.reply.header('set-cookie', cookie).header('cache-control', 'no-store');
}

/** What a reply shows of whoever has just signed in. */
export function signInReply(ctx: Context, { user, cookie }: SignedIn) {
  startSession(ctx, cookie);
  return { user };
}

/**
 * A cookie may be set for our own pages only, and where a browser will keep it.
 * @throws AppError `csrf`, `https_required`
 */
export function requireOwnPage(ctx: Context, publicUrl: string): void {
  const site = headerOf(ctx.request, 'sec-fetch-site');
  const origin = headerOf(ctx.request, 'origin');
  const host = headerOf(ctx.request, 'host');
  const isForeign =
    site === 'cross-site' || (origin !== undefined && origin !== new URL(publicUrl).origin && hostOf(origin) !== host);
  if (isForeign) throw peopleErrors.csrf('A page of another site may not sign anybody in here.');
  if (origin?.startsWith('http://') && !/^(localhost|127\.|\[::1\])/.test(hostOf(origin) ?? '')) {
    throw peopleErrors.https_required(
      'Browsers keep the session only over HTTPS: put a proxy with TLS in front, and set AUTOMATE_PUBLIC_URL.',
    );
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
