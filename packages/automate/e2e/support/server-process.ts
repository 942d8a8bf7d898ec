import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { shortLived } from '../../../../tools/short-lived.ts';
import type { Reply, TestDatabase } from '../../src/testing/index.ts';
import { inherited } from './inherited.ts';

/** The command line as its source stands. */
export const cliSource = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Where the global setup has put programs together (`tools/test-programs.ts`), by their sources. */
const bundled = JSON.parse(process.env.AUTOMATE_TEST_PROGRAMS ?? '{}') as Readonly<Record<string, string>>;

/** The same program in a file that starts in half the time, where there is one. */
function quickest(program: string): string {
  return bundled[program] ?? program;
}

export const cli = quickest(cliSource);

/** A program of the product in a process of its own. */
export interface ProductProcess {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves with the code or the signal that it ended with. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it has written to standard error. */
  errors(): string;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** The real thing: `automate serve`. */
export interface ServerProcess extends ProductProcess {
  readonly url: string;
  /** The line by which it said that it is ready. */
  readonly ready: Readonly<Record<string, string>>;
  call<Body = unknown>(method: string, path: string, body?: unknown): Promise<Reply<Body>>;
}

/** `automate worker`. */
export interface WorkerProcess extends ProductProcess {
  /** As it stands in leases. */
  readonly name: string;
}

type Database = Pick<TestDatabase, 'environment'>;
type Environment = Readonly<Record<string, string>>;

/** How a program of the product is started. */
export interface Launch {
  readonly environment?: Environment;
  /** Instead of the command line's own, for example that of an older version or of a host. */
  readonly program?: string;
  /** Whether it is started from the file that it was put into. Default true. */
  readonly isBundled?: boolean;
  /** Options of Node, before the program. */
  readonly nodeOptions?: readonly string[];
}

/** Starts a server and resolves once it is ready. */
export async function startServerProcess(
  database: Database,
  environment: Environment = {},
  args: readonly string[] = ['serve', '--with-worker'],
  launch: Omit<Launch, 'environment'> = {},
): Promise<ServerProcess> {
  const { ready, ...started } = await startProduct(database, args, { environment, ...launch });
  const { url = '' } = ready;
  const token = environment.AUTOMATE_BOOTSTRAP_TOKEN ?? remembered.get(database);
  if (token) remembered.set(database, token);
  return {
    ...started,
    url,
    ready,
    async call<Body>(method: string, path: string, body?: unknown) {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: (text === '' ? '' : JSON.parse(text)) as Body };
    },
  };
}

/** Starts a worker and resolves once it is ready. @param launch.args further arguments of the command */
export async function startWorkerProcess(
  database: Database,
  { args = [], ...launch }: Launch & { readonly args?: readonly string[] } = {},
): Promise<WorkerProcess> {
  const { ready, ...started } = await startProduct(database, ['worker', ...args], launch);
  return { ...started, name: ready.worker ?? '' };
}

/** What a program of the product under test runs with, unless it is told otherwise. */
export function environmentOf(database: Database, environment: Environment): Readonly<Record<string, string | undefined>> {
  return {
    ...inherited,
    PORT: '0',
    AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
    AUTOMATE_LOG_LEVEL: 'warn',
    AUTOMATE_SAMPLE: 'false',
    ...database.environment,
    ...environment,
  };
}

/** Starts a program and resolves with the line by which it says that it is ready. */
async function startProduct(
  database: Database,
  args: readonly string[],
  { environment = {}, program = cliSource, isBundled = true, nodeOptions = [] }: Launch,
): Promise<ProductProcess & { ready: Readonly<Record<string, string>> }> {
  const child = spawn(
    process.execPath,
    [...shortLived, ...nodeOptions, isBundled ? quickest(program) : program, ...args, '--json'],
    {
      env: environmentOf(database, environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const ready = await new Promise<Readonly<Record<string, string>>>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const line = output.split('\n').find((text) => text.startsWith('{') && text.endsWith('}'));
      if (!line) return;
      const { error, ...parsed } = JSON.parse(line) as Record<string, string> & { error?: { message: string } };
      if (parsed.url || parsed.worker) resolve(parsed);
      else reject(new Error(error?.message ?? line));
    });
    ended.then((how) => reject(new Error(`${args[0]} ended with ${how} before it was ready\n${output}${errors}`)));
  });

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
  return {
    ready,
    pid: child.pid ?? 0,
    process: child,
    ended,
    errors: () => errors,
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
  const child = spawn(process.execPath, [...shortLived, cli, ...args], { env: { ...inherited, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await once(child, 'exit');
  return { code: child.exitCode, stdout, stderr };
}
