import type { Readable } from 'node:stream';

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** What a handler may set on its reply besides the value it returns. Dropped when the handler throws. */
export class ReplyHead {
  statusCode: number | undefined;
  readonly headers: Record<string, string> = {};

  /** Sets the status instead of the one the operation declares. */
  status(code: number): this {
    this.statusCode = code;
    return this;
  }

  /** Sets a header; the name in any case. */
  header(name: string, value: string): this {
    this.headers[name.toLowerCase()] = value;
    return this;
  }
}

export interface RawReplyOptions {
  readonly status?: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A reply that goes out as it is, past the response schema. Made by {@link text}, {@link html}, {@link raw} and {@link redirect}. */
export class RawReply {
  readonly body: string | Uint8Array | Readable;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: string | Uint8Array | Readable, options: Partial<RawReplyOptions>) {
    this.body = body;
    this.status = options.status;
    this.headers = { ...(options.contentType && { 'content-type': options.contentType }), ...options.headers };
  }
}

/**
 * Bytes, text or a stream with a content type of one's own.
 * @example
 * return raw(stream, { contentType: 'image/png', headers: { 'content-disposition': 'attachment' } });
 */
export function raw(body: string | Uint8Array | Readable, options: RawReplyOptions): RawReply {
  return new RawReply(body, options);
}

/** Plain text, UTF-8. */
export function text(body: string, options: Omit<RawReplyOptions, 'contentType'> = {}): RawReply {
  return new RawReply(body, { ...options, contentType: 'text/plain; charset=utf-8' });
}

/** A page of HTML, UTF-8. The caller escapes. */
export function html(body: string, options: Omit<RawReplyOptions, 'contentType'> = {}): RawReply {
  return new RawReply(body, { ...options, contentType: 'text/html; charset=utf-8' });
}

/** Sends the client elsewhere. The caller decides which locations are allowed. */
export function redirect(location: string, status: 301 | 302 | 303 | 307 | 308 = 302): RawReply {
  return new RawReply('', { status, headers: { location } });
}
