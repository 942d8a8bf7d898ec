import { apiErrors } from '../http/errors.ts';
import type { RawQuery } from '../http/request.ts';

/** The query of a request that has none. */
export const NO_QUERY: RawQuery = Object.freeze(Object.create(null));

/**
 * Splits a query string into text values. `a[b]=1` is a parameter of that very name: nothing nests, nothing reaches a prototype.
 * @throws `invalid_url` for malformed percent-encoding, invalid UTF-8 and NUL.
 */
export function parseQueryString(url: string): RawQuery {
  const start = url.indexOf('?');
  if (start === -1 || start === url.length - 1) return NO_QUERY;
  const text = url.slice(start + 1);
  if (text.includes('%')) requireDecodable(text);
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const seen = query[name];
    if (seen === undefined) query[name] = value;
    else if (Array.isArray(seen)) seen.push(value);
    else query[name] = [seen, value];
  }
  return query;
}

/** The parameters of a URL by their names, with their values as they are written. */
export function rawPairs(url: string): { readonly name: string; readonly value: string }[] {
  const start = url.indexOf('?');
  if (start === -1) return [];
  return url
    .slice(start + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const end = pair.indexOf('=');
      return end === -1 ? { name: decoded(pair), value: '' } : { name: decoded(pair.slice(0, end)), value: pair.slice(end + 1) };
    });
}

/** As forms are written (URL Standard, 5.1). The whole query is known to be decodable, and a comma stands within no character. */
export function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function requireDecodable(text: string): void {
  try {
    if (!decodeURIComponent(text).includes('\u0000')) return;
  } catch {
    throw apiErrors.invalid_url('The query string holds malformed percent-encoding or is not UTF-8.');
  }
  throw apiErrors.invalid_url('The query string must not hold the NUL character.');
}
