import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './executions.ts';

export interface ScriptedCall {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: unknown;
  readonly at: number;
}

/**
 * A server that does what the path says: `/500…` answers with that status, `/429-once` asks for a second before the next try,
 * `/hang…` never answers, `/echo` answers after a moment with what it got, anything else with 200. It remembers every call.
 */
export interface ScriptedSink {
  readonly url: string;
  /** For the allow-list. */
  readonly host: string;
  readonly calls: ScriptedCall[];
  /** Most calls of a path in hand at once. */
  mostAtOnce(path: string): number;
  /** Whether the caller of a path that hangs went away. */
  wasAborted(path: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function createScriptedSink(): Promise<ScriptedSink> {
  const calls: ScriptedCall[] = [];
  const inHand = new Map<string, number>();
  const most = new Map<string, number>();
  const aborted = new Set<string>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const now = (inHand.get(path) ?? 0) + 1;
    inHand.set(path, now);
    most.set(path, Math.max(most.get(path) ?? 0, now));
    response.on('close', () => {
      inHand.set(path, (inHand.get(path) ?? 1) - 1);
      if (!response.writableFinished) aborted.add(path);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? null : JSON.parse(text);
    const isFirst = !calls.some((call) => call.path === path);
    calls.push({ path, key: request.headers['idempotency-key'] as string | undefined, body, at: Date.now() });
    if (path.startsWith('/hang')) return;
    if (path === '/echo') await new Promise((resolve) => setTimeout(resolve, 30));
    const asked = Number(/^\/([45]\d\d)/.exec(path)?.[1] ?? 200);
    const status = path.endsWith('-once') && !isFirst ? 200 : asked;
    response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '1' }) });
    response.end(JSON.stringify(body ?? { ok: status < 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    calls,
    mostAtOnce: (path) => most.get(path) ?? 0,
    wasAborted: (path) => eventually(async () => aborted.has(path), Boolean),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
