import { Readable } from 'node:stream';
import type { Outbound } from '../../outbound/index.ts';

export interface GuardedFetchOptions {
  readonly outbound: Outbound;
  readonly tenantId: string;
  /** Whether a URL may be called with what the caller sends along. @throws to refuse */
  readonly checkUrl: (url: URL) => void;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** `fetch` for libraries that want one: every call goes out through the guard, follows no redirect and comes back as it is sent. */
export function guardedFetch({
  outbound,
  tenantId,
  checkUrl,
  timeoutMs,
  maxBytes,
}: GuardedFetchOptions): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const isRequest = input instanceof Request;
    const url = isRequest ? input.url : String(input);
    const method = init.method ?? (isRequest ? input.method : 'GET');
    const headers = headersOf(init.headers ?? (isRequest ? input.headers : undefined));
    const body = await bodyOf(init.body ?? (isRequest ? input.body : undefined), headers);
    const reply = await outbound.stream({
      url,
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      ...(body !== undefined && { body }),
      ...(init.signal && { signal: init.signal }),
      timeoutMs,
      maxBytes,
      followRedirects: false,
      tenantId,
      checkUrl,
      hasOwnLimits: true,
    });
    const isEmpty = method === 'HEAD' || reply.status === 204 || reply.status === 304;
    if (isEmpty) reply.body.destroy();
    const shown = new Headers();
    for (const [name, value] of Object.entries(reply.headers)) for (const one of [value].flat()) shown.append(name, one);
    const content = isEmpty ? null : (Readable.toWeb(reply.body) as ReadableStream<Uint8Array>);
    return new Response(content, { status: reply.status, headers: shown });
  };
}

/** The client frames requests itself. */
const OWNED = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'keep-alive', 'expect']);

function headersOf(given: RequestInit['headers']): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of new Headers(given)) if (!OWNED.has(name)) headers[name] = value;
  return headers;
}

async function bodyOf(body: RequestInit['body'], headers: Record<string, string>): Promise<string | Uint8Array | undefined> {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  // Forms and blobs: the boundary is made here, so that it stands in the header too.
  const encoded = new Response(body);
  const type = encoded.headers.get('content-type');
  if (type !== null) headers['content-type'] = type;
  return new Uint8Array(await encoded.arrayBuffer());
}
