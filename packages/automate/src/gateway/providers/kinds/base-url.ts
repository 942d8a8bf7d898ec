import { z } from 'zod';

/** A base URL of a provider; its host is the one that the key goes to. */
export const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .max(2_000)
  .refine((url) => !URL.canParse(url) || isBase(new URL(url)), 'must have no user, password, query or fragment');

/** @example trimmed('https://api.example.com/v1/') // 'https://api.example.com/v1' */
export function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Takes back the header that a library makes of an empty key. */
export const withoutKey = { Authorization: undefined } as unknown as Readonly<Record<string, string>>;

/** Headers of each call that are no secrets. */
export const ExtraHeaders = z
  .record(
    z.string().regex(/^[\w-]{1,100}$/, 'must be the name of a header'),
    z
      .string()
      .max(2_000)
      .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'),
  )
  .refine((headers) => Object.keys(headers).length <= 20, 'must be at most 20 headers')
  .refine(
    (headers) => !Object.keys(headers).some((name) => NOT_SET.test(name)),
    'must hold no key, cookie or header that the client writes itself: a key belongs to `api_key` of the provider',
  );

const NOT_SET =
  /^(authorization|proxy-.*|cookie|.*api-?key|.*-(token|secret)|host|connection|content-.*|transfer-encoding|accept-encoding)$/i;

function isBase(url: URL): boolean {
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
