import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, for whoever closes it. */
export interface WatchedConnections {
  /**
   * Ends connections that the closing server would wait for in vain: browsers and pools open some in advance, on which no request
   * has come yet, and who sends slowly is held to no time by a server that closes.
   */
  release(): void;
  /** The body of this request may take its time, as long as some of it comes. */
  wait(request: IncomingMessage): void;
}

const LOOK_MS = 100;
const CHECK_MS = 1_000;

/** What is known of a body that is awaited. */
interface Awaited {
  bytesRead: number;
  /** When it had to have come, or some of it. */
  lateAt: number;
}

/**
 * Answers those with a timeout whose body takes longer than it may: Node has one time for all requests.
 * @param requestMs within which a body must have arrived
 */
export function watchConnections(server: Server, requestMs: number): WatchedConnections {
  const replies = new Map<Socket, ServerResponse | undefined>();
  const awaited = new WeakMap<IncomingMessage, Awaited>();
  const patient = new WeakSet<IncomingMessage>();
  const checking = setInterval(() => {
    const now = performance.now();
    for (const [socket, reply] of replies) if (reply && !reply.req.complete && isLate(socket, reply.req, now)) tellLate(socket);
  }, CHECK_MS).unref();
  server.once('close', () => clearInterval(checking));

  function isLate(socket: Socket, request: IncomingMessage, now: number): boolean {
    const { bytesRead } = socket;
    const known = awaited.get(request);
    // What has come and is not read yet is ours to read.
    const hasMoved = patient.has(request) && (known?.bytesRead !== bytesRead || request.readableLength > 0);
    if (known && !hasMoved) return now > known.lateAt;
    awaited.set(request, { bytesRead, lateAt: now + requestMs });
    return false;
  }

  function tellLate(socket: Socket): void {
    server.emit('clientError', Object.assign(new Error('The body is late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  }

  server.on('connection', (socket: Socket) => {
    replies.set(socket, undefined);
    socket.once('close', () => replies.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => replies.set(socket, response));

  return {
    wait: (request) => void patient.add(request),
    release() {
      if (!server.listening) return;
      const lateAt = performance.now() + requestMs;
      const look = () => {
        const isLate = performance.now() > lateAt;
        for (const [socket, reply] of replies) {
          const isAnswered = reply?.req.complete === true && !reply.writableFinished;
          if (socket.bytesRead === 0 || (isLate && !isAnswered)) socket.destroy();
        }
      };
      look();
      const looking = setInterval(look, LOOK_MS).unref();
      server.once('close', () => clearInterval(looking));
    },
  };
}
