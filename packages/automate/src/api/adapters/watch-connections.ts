import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, for whoever closes it. */
export interface WatchedConnections {
  /**
   * Ends connections that the closing server would wait for in vain: browsers and pools open some in advance, on which no request
   * has come yet, and who sends slowly is held to no time by a server that closes.
   */
  release(): void;
}

const LOOK_MS = 100;

/** @param requestMs within which a request must have arrived */
export function watchConnections(server: Server, requestMs: number): WatchedConnections {
  const replies = new Map<Socket, ServerResponse | undefined>();
  server.on('connection', (socket: Socket) => {
    replies.set(socket, undefined);
    socket.once('close', () => replies.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => replies.set(socket, response));

  return {
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
