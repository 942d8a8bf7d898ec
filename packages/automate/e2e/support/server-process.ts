import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Reply, TestDatabase } from '../../src/testing/index.ts';

export const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The real thing: `automate serve` in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** What it has written to standard error. */
  errors(): string;
  call<Body = unknown>(method: string, path: string, body?: unknown): Promise<Reply<Body>>;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts a server and resolves once it is ready. */
export async function startServerProcess(
  database: Pick<TestDatabase, 'environment'>,
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = ['serve', '--with-worker'],
  program: string = cli,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [program, ...args, '--json'], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
      AUTOMATE_LOG_LEVEL: 'warn',
      AUTOMATE_SAMPLE: 'false',
      ...database.environment,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const line = output.split('\n').find((text) => text.startsWith('{') && text.endsWith('}'));
      if (!line) return;
      const parsed = JSON.parse(line) as { url?: string; error?: { message: string } };
      if (parsed.url) resolve(parsed.url);
      else reject(new Error(parsed.error?.message ?? line));
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready\n${output}${errors}`)));
  });
  const token = environment.AUTOMATE_BOOTSTRAP_TOKEN ?? remembered.get(database);
  if (token) remembered.set(database, token);

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  }
  return {
    url,
    pid: child.pid ?? 0,
    process: child,
    errors: () => errors,
    async call<Body>(method: string, path: string, body?: unknown) {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: (text === '' ? '' : JSON.parse(text)) as Body };
    },
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

/** The bootstrap token stays valid for later servers on the same database. */
const remembered = new WeakMap<object, string>();

/** Runs one command of the command line to its end. */
export async function runCli(
  args: string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH: process.env.PATH, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await once(child, 'exit');
  return { code: child.exitCode, stdout, stderr };
}
