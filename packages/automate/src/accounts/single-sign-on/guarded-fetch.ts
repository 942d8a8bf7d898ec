import type { CustomFetch } from 'openid-client';
import type { Outbound } from '../../outbound/index.ts';
import { singleSignOnErrors } from './errors.ts';

const TIMEOUT_MS = 5_000;
const MAXIMUM_BYTES = 512 * 1_024;

/**
 * The guarded client as a `fetch`: what the provider's documents name is called only where the guard lets it, redirects are
 * not followed, and whoever waits for a page is not kept waiting.
 */
export function guardedFetch(outbound: Outbound): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    if (typeof body !== 'string' && body && !(body instanceof URLSearchParams)) throw new TypeError('Only forms are sent.');
    const reply = await outbound.request({
      url,
      method,
      headers: { ...(body instanceof URLSearchParams && { 'content-type': FORM }), ...headers },
      ...(body && { body: String(body) }),
      ...(signal && { signal }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAXIMUM_BYTES,
      followRedirects: false,
    });
    if (reply.status >= 500 || reply.status === 429)
      throw singleSignOnErrors.provider_unavailable(`The provider answered with status ${reply.status}.`);
    const pairs = Object.entries(reply.headers).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one] as [string, string]),
    );
    return new Response(HAS_NO_BODY.has(reply.status) ? null : new Uint8Array(reply.body), {
      status: reply.status,
      headers: pairs,
    });
  };
}

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';
const HAS_NO_BODY = new Set([204, 205, 304]);
