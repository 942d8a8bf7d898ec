import type { ServerResponse } from 'node:http';
import type { ReplyParts } from './reply-parts.ts';

/** Sends a reply whose body is text; Node itself leaves the body out of the answer to a HEAD request. */
export function writeText(raw: ServerResponse, { status, headers }: Omit<ReplyParts, 'body'>, body: string): void {
  const length = Buffer.byteLength(body);
  const head = headers as Record<string, string | number>;
  if (status !== 204) head['content-length'] = length;
  raw.writeHead(status, head);
  // As many bytes as characters: it is ASCII, and as Latin-1 it goes out without being measured and converted again.
  raw.end(body, length === body.length ? 'latin1' : 'utf8');
}
