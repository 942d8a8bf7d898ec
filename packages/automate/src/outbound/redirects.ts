import { outboundErrors } from './errors.ts';
import type { Hop, Reply } from './exchange.ts';
import { redirectHeaders } from './headers.ts';
import { parseTarget, type Target } from './target.ts';

/** Where a reply redirects to, or undefined when it is final. */
export function redirectOf(reply: Reply, followRedirects = true): string | undefined {
  const location = reply.headers.location;
  const isRedirect = [301, 302, 303, 307, 308].includes(reply.status);
  return followRedirects && isRedirect && location !== undefined ? [location].flat()[0] : undefined;
}

/** Reads a `Location` as strictly as a caller's URL. @throws AppError `outbound_refused` */
export function redirectTarget(location: string, from: Target): Target {
  if (/[\s\\\p{Cc}]/u.test(location))
    throw outboundErrors.outbound_refused(`The host ${from.host} redirects to a URL that is not valid.`);
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(location);
  const isHostRelative = location.startsWith('//');
  if (!isAbsolute && !URL.canParse(location, from.url.href)) {
    throw outboundErrors.outbound_refused(`The host ${from.host} redirects to a URL that is not valid.`);
  }
  // The raw text is what has to be read strictly: resolving it first would hide odd spellings.
  const text = isAbsolute ? location : isHostRelative ? from.protocol + location : new URL(location, from.url).href;
  const next = parseTarget(text);
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw outboundErrors.outbound_refused(`The host ${from.host} redirects from https to http.`);
  }
  return next;
}

/** The request that follows a redirect. @param status of the reply that redirects */
export function redirected(hop: Omit<Hop, 'addresses'>, status: number, location: string): Omit<Hop, 'addresses'> {
  const { method, body } = hop;
  const target = redirectTarget(location, hop.target);
  const keepsBody = status === 307 || status === 308 || (status !== 303 && method !== 'POST');
  const headers = redirectHeaders(hop.headers, hop.target, target, keepsBody);
  if (keepsBody) return { target, method, headers, body };
  return { target, method: method === 'HEAD' ? 'HEAD' : 'GET', headers, body: undefined };
}
