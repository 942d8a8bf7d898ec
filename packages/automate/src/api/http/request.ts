/** Names are in lower case, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Values of the query string by name, as text; has no prototype. */
export type RawQuery = Readonly<Record<string, string | string[]>>;

/** A request as views see it, whichever HTTP server carries it. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query string as the client sent them. */
  readonly url: string;
  /** The part of `url` before the question mark. */
  readonly path: string;
  readonly headers: RequestHeaders;
  /** Address of the client; that of the last proxy unless the operator trusts proxies. */
  readonly ip: string;
  /** Percent-decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The body's bytes as they came, for signatures; undefined when there was no body. */
  readonly rawBody: Uint8Array | undefined;
  /** The body as it comes, of a route that is `streamed`; undefined when there is none. Can be read once, and a reader may stop. */
  openBody?(): AsyncIterable<Uint8Array> | undefined;
  /** Fires when the client goes away before the reply is finished. */
  readonly signal: AbortSignal;
}

/** The first value of a header. */
export function headerOf(request: Pick<ApiRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Whether the headers announce a body (RFC 9112, 6.3). */
export function announcesBody(headers: RequestHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

/** The part of a URL before the question mark. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
