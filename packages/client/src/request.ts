import { call } from './call.ts';
import { isJson } from './operation.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { Call } from './reply.ts';
import { createTransport } from './transport.ts';

/** What a request of any path carries. */
export interface RequestOptions extends CallOptions {
  readonly query?: object | undefined;
  /** JSON, or with `contentType` a text or bytes as they are. */
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  /** Media type of the reply. Other than JSON, the call gives the `Response`. */
  readonly accept?: string | undefined;
  readonly ifMatch?: string | undefined;
  /** Default of a POST: a new one. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Calls a path of the API. Its reply is taken at its word: name its type.
 * @throws AutomateError as every operation does; TypeError for what is no path below the base URL
 */
export type Requester = <Data = unknown>(method: string, path: string, options?: RequestOptions) => Call<Data>;

/**
 * Calls paths that the generated client does not know, such as those of a host's own viewsets. What is not a GET is sent once, unless
 * `retries` says otherwise: whether it may be repeated is not known here.
 * @example
 * const request = createRequester({ baseUrl: 'https://automate.example.com', token });
 * const { results } = await request<{ results: Order[] }>('GET', '/api/v1/orders/', { query: { status: 'paid' } });
 */
export function createRequester(options: ClientOptions = {}): Requester {
  const transport = createTransport(options);
  return <Data>(method: string, path: string, given: RequestOptions = {}) => {
    const [pathname, inline] = splitPath(path);
    requirePath(pathname);
    const { body, query, ...rest } = given;
    const { accept = 'application/json', contentType = 'application/json' } = rest;
    const isRead = method === 'GET';
    const operation = {
      id: `${method} ${pathname}`,
      method,
      path: pathname,
      gives: [accept],
      ...(body !== undefined && { takes: [...new Set(isJson(contentType) ? [contentType] : [contentType, 'application/json'])] }),
      ...(method === 'POST' && { hasKey: true }),
    };
    const parameters = inline === undefined ? query : { ...queryOf(inline), ...query };
    const sent = { ...(isRead ? {} : { retries: 0 }), ...rest };
    return call(transport, operation, { parameters: [], query: parameters, body, options: sent }) as Call<Data>;
  };
}

/** A path, and what stands behind its first question mark. */
function splitPath(path: string): [pathname: string, inline: string | undefined] {
  const at = path.indexOf('?');
  return at < 0 ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}

/** A name that is there several times keeps all of its values. */
function queryOf(inline: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(inline);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    found[name] = values.length > 1 ? values : (values[0] ?? '');
  }
  return found;
}

/** No path may lead to another host, or out of the one it names. */
function requirePath(path: string): void {
  const parts = path.split('/').slice(1);
  const isPlain = path.startsWith('/') && !path.startsWith('//') && !/[{}\\#]/.test(path);
  if (!isPlain || parts.some((part) => /^(\.|%2e){1,2}$/i.test(part))) throw new TypeError(`"${path}" is no path of the API.`);
}
