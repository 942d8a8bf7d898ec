import { createHash } from 'node:crypto';

/** What changes nothing about an answer. */
const IGNORED = new Set(['model', 'stream', 'user', 'metadata', 'safety_identifier', 'prompt_cache_key', 'store', 'abortSignal']);

/** What an answer depends on besides its request. */
export interface CacheScope {
  readonly endpointId: string;
  /** Grows with every change of the endpoint and of its providers. */
  readonly version: string;
  /** Protocol and shape of the answer. @example 'openai.chat stream' */
  readonly variant: string;
}

/** The same for requests that mean the same, whatever the order of their fields. @returns hexadecimal */
export function cacheKey({ endpointId, version, variant }: CacheScope, request: object): string {
  const asked = Object.fromEntries(Object.entries(request).filter(([name]) => !IGNORED.has(name)));
  const hash = createHash('sha256').update(JSON.stringify([endpointId, version, variant]));
  return hash.update(JSON.stringify(asked, inOrder)).digest('hex');
}

function inOrder(this: unknown, name: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[name];
  // As JSON, bytes would be an object of as many fields.
  if (given instanceof Uint8Array) return createHash('sha256').update(given).digest('base64');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
