// The outside world: a server that writes down every call it gets, and can be told to stall or to fail.
import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveRemote } from '../../bench/harness/remote.ts';
import type { Behaviour, Effect } from '../harness/sink.ts';

const log = openSync(process.env.CHAOS_SINK_FILE as string, 'a');
const behaviours = new Map<string, Behaviour>();
const held = new Map<ServerResponse, () => void>();

const server = createServer(async (request, response) => {
  const at = Date.now();
  const hash = createHash('sha256');
  for await (const chunk of request) hash.update(chunk as Buffer);
  const path = request.url ?? '/';
  const { status = 200, hold, delayMs = 0 } = behaviours.get(path) ?? behaviours.get('*') ?? {};
  const record = () => write({ path, key: keyOf(request), hash: hash.digest('hex').slice(0, 16), at, status });
  if (hold === 'before') {
    await keepWaiting(response);
    if (response.destroyed) return; // nobody waits for it any more: it has had no effect
  }
  record();
  if (hold === 'after') await keepWaiting(response);
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  response.writeHead(status, { 'content-type': 'application/json' }).end('{"ok":true}');
});
server.keepAliveTimeout = 60_000;

function keepWaiting(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      held.delete(response);
      resolve();
    };
    held.set(response, done);
    response.once('close', done);
  });
}

function keyOf(request: IncomingMessage): string {
  return String(request.headers['idempotency-key'] ?? '');
}

function write(effect: Effect): void {
  writeSync(log, `${JSON.stringify(effect)}\n`);
}

await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
serveRemote(
  {
    address: async () => `127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: async ({ path, ...behaviour }: Behaviour & { path: string }) => void behaviours.set(path, behaviour),
    heldCount: async () => held.size,
    release: async () => {
      const count = held.size;
      for (const done of [...held.values()]) done();
      return count;
    },
  },
  async () => server.closeAllConnections(),
);
