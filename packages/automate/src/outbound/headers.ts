import { outboundErrors } from './errors.ts';
import type { Target } from './target.ts';

export type RequestHeaders = Readonly<Record<string, string>>;

const MAX_BYTES = 64 * 1_024;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
// The client owns framing and routing: a caller's value could smuggle a second request or reach another virtual host.
const OWNED = new Set(
  'host connection keep-alive proxy-connection proxy-authorization proxy-authenticate transfer-encoding content-length te trailer upgrade expect http2-settings'.split(
    ' ',
  ),
);
// On another origin only these go along; whatever else a caller set may be a credential.
const NEUTRAL = new Set(
  'accept accept-language accept-encoding content-type content-encoding content-language user-agent idempotency-key traceparent tracestate x-trace-id x-correlation-id'.split(
    ' ',
  ),
);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Lower-cases and checks the caller's headers. @throws AppError `outbound_refused` */
export function checkHeaders(headers: RequestHeaders = {}): Record<string, string> {
  const checked: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (!NAME.test(name)) throw refuse('A header name holds characters that are not allowed.');
    if (OWNED.has(key)) throw refuse(`The header ${key} is set by the client itself.`);
    if (typeof value !== 'string' || !VALUE.test(value)) throw refuse(`The header ${key} holds characters that are not allowed.`);
    size += name.length + value.length;
    checked[key] = value;
  }
  if (size > MAX_BYTES) throw refuse(`The headers are larger than ${MAX_BYTES} bytes.`);
  return checked;
}

/** @throws AppError `outbound_refused` */
export function checkMethod(method = 'GET'): string {
  if (!METHODS.has(method.toUpperCase())) throw refuse('The method is not allowed.');
  return method.toUpperCase();
}

/** The headers that follow a redirect: all to the same origin, only neutral ones to another. */
export function redirectHeaders(
  headers: Record<string, string>,
  from: Target,
  to: Target,
  keepsBody: boolean,
): Record<string, string> {
  const isSameOrigin = from.url.origin === to.url.origin;
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => (isSameOrigin || NEUTRAL.has(name)) && (keepsBody || !name.startsWith('content-')),
    ),
  );
}

function refuse(detail: string) {
  return outboundErrors.outbound_refused(detail);
}
