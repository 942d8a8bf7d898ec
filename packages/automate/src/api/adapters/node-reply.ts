import type { ServerResponse } from 'node:http';
import { finished, Readable } from 'node:stream';
import type { EventStream } from '../http/event-stream.ts';
import type { RequestContext } from '../requests/request-context.ts';
import type { OpenStreams } from './open-streams.ts';
import type { ReplyParts } from './reply-parts.ts';
import { runStream } from './run-stream.ts';

/** Sends a whole reply. */
export function writeReply(raw: ServerResponse, { status, headers, body }: ReplyParts): void {
  if (typeof body === 'string') {
    writeText(raw, { status, headers }, body);
  } else if (body instanceof Readable) {
    writeStream(raw, { status, headers }, body);
  } else {
    raw.writeHead(status, { ...headers, 'content-length': body.byteLength });
    raw.end(body);
  }
}

/** Sends a reply whose body is text; Node itself leaves the body out of the answer to a HEAD request. */
export function writeText(raw: ServerResponse, { status, headers }: Omit<ReplyParts, 'body'>, body: string): void {
  const length = Buffer.byteLength(body);
  const head = headers as Record<string, string | number>;
  if (status !== 204 && status !== 304) head['content-length'] = length;
  raw.writeHead(status, head);
  // As many bytes as characters: it is ASCII, and as Latin-1 it goes out without being measured and converted again.
  raw.end(body, length === body.length ? 'latin1' : 'utf8');
}

/** Sends events until the source ends, the client goes away or `streams` are closed. */
export function writeEvents(options: {
  ctx: RequestContext;
  raw: ServerResponse;
  head: Omit<ReplyParts, 'body'>;
  stream: EventStream;
  lastEventId: string | undefined;
  /** Holds the stream while it runs, for who closes the server. */
  streams: OpenStreams;
}): void {
  const { ctx, raw, head, stream, lastEventId, streams } = options;
  raw.writeHead(head.status, head.headers);
  if (ctx.request.method === 'HEAD') {
    raw.end();
    return;
  }
  raw.flushHeaders();
  const controller = streams.hold(raw);
  void runStream({ ctx, stream, lastEventId, sink: raw, signal: controller.signal }).finally(() => controller.abort());
}

/** A signal that fires when the connection ends before the reply does. */
export function closeSignal(raw: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = () => {
    if (!raw.writableFinished) controller.abort();
  };
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  return controller.signal;
}

function writeStream(raw: ServerResponse, { status, headers }: Omit<ReplyParts, 'body'>, body: Readable): void {
  raw.writeHead(status, headers);
  if (raw.req.method === 'HEAD') {
    body.destroy();
    raw.end();
    return;
  }
  // What has begun cannot become a problem any more: a client must see that the rest is missing.
  body.once('error', () => raw.destroy());
  finished(raw, () => body.destroy());
  body.pipe(raw);
}
