import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, Readable } from 'node:stream';
import type { EventStream } from '../http/event-stream.ts';
import type { RequestContext } from '../requests/request-context.ts';
import type { OpenStreams } from './open-streams.ts';
import type { ReplyParts } from './reply-parts.ts';
import { runStream } from './run-stream.ts';

/** Sends a whole reply; Node itself leaves the body out of the answer to a HEAD request. */
export function writeReply(raw: ServerResponse, { status, headers, body }: ReplyParts): void {
  if (typeof body === 'string') {
    writeText(raw, { status, headers }, body);
  } else if (body instanceof Readable) {
    writeStream(raw, { status, headers }, body);
  } else if (body === null) {
    raw.writeHead(status, headers);
    raw.end();
  } else {
    raw.writeHead(status, withLength(raw, headers, body.byteLength));
    raw.end(body);
  }
}

/** Sends a reply whose body is text. */
function writeText(raw: ServerResponse, { status, headers }: Omit<ReplyParts, 'body'>, body: string): void {
  const length = Buffer.byteLength(body);
  raw.writeHead(status, status === 204 || status === 304 ? headers : withLength(raw, headers, length));
  // As many bytes as characters: it is ASCII, and as Latin-1 it goes out without being measured and converted again.
  raw.end(body, length === body.length ? 'latin1' : 'utf8');
}

/** A view knows best how long the body would be that it leaves out of its answer to HEAD; else what is sent is counted. */
function withLength(raw: ServerResponse, headers: ReplyParts['headers'], length: number): Record<string, string | number> {
  const head = headers as Record<string, string | number>;
  if (raw.req.method !== 'HEAD') head['content-length'] = length;
  else head['content-length'] ??= length;
  return head;
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

/** How long a client may go on sending what nobody reads any more, so that it sees the reply. */
const LINGER_MS = 2_000;

/** Reads on for nobody: a connection that is closed while its client sends loses the reply with it. */
export function letGo(request: IncomingMessage): void {
  if (request.complete) return;
  // Whoever stopped in the middle may still be listening.
  request.removeAllListeners('readable');
  request.resume();
  setTimeout(() => request.complete || request.socket?.destroy(), LINGER_MS).unref();
}

function writeStream(raw: ServerResponse, { status, headers }: Omit<ReplyParts, 'body'>, body: Readable): void {
  raw.writeHead(status, headers);
  // What has begun cannot become a problem any more: a client must see that the rest is missing.
  body.once('error', () => raw.destroy());
  finished(raw, () => body.destroy());
  body.pipe(raw);
}
