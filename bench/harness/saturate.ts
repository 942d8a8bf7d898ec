import { connect } from 'node:net';

export interface Load {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keep-alive connections, each with one request at a time. */
  readonly connections: number;
  /** Stops after so many answers, or after so many seconds. */
  readonly amount?: number;
  readonly seconds?: number;
}

/**
 * Sends as fast as the server answers; resolves with how many answers came in how many seconds. Does less than a real HTTP
 * client, because on a small machine whatever the client burns is taken from the server: it sends the same bytes each time
 * and reads answers by their `content-length`.
 * @throws when an answer is not a 2xx: a fast refusal is no throughput
 */
export async function saturate(load: Load): Promise<{ requests: number; seconds: number }> {
  const { connections, amount = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = load;
  const bytes = requestOf(load);
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  let sent = 0;
  let answered = 0;
  const mayAsk = (): boolean => sent < amount && performance.now() < deadline;

  function converse(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(load.url);
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let received = '';
      const next = (): void => {
        if (!mayAsk()) {
          socket.end(resolve);
          return;
        }
        sent += 1;
        socket.write(bytes);
      };
      socket.setEncoding('latin1');
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`${load.url}: the server hung up`)));
      socket.on('data', (chunk: string) => {
        received += chunk;
        if (!isComplete(received)) return;
        if (!received.startsWith('HTTP/1.1 2')) {
          reject(new Error(`${load.url} answered ${received.slice(0, 400)}`));
          return;
        }
        received = '';
        answered += 1;
        next();
      });
    });
  }

  await Promise.all(Array.from({ length: connections }, converse));
  return { requests: answered, seconds: (performance.now() - began) / 1_000 };
}

function requestOf({ url, method = 'GET', headers, body }: Load): string {
  const { host, pathname, search } = new URL(url);
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${pathname}${search} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** Whether an answer has all its bytes; read as Latin-1, a character is a byte. */
function isComplete(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1];
  return received.length >= end + 4 + Number(length ?? 0);
}
