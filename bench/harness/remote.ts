import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { say } from './figures.ts';

/** A process of a benchmark, driven by commands: what is measured never shares a process with who measures. */
export interface Remote {
  call<Result>(command: string, argument?: unknown): Promise<Result>;
  /** Microseconds of CPU the process has used, all its threads together. */
  cpuMicros(): Promise<number>;
  /** Lets it close what it holds; resolves when it has ended. */
  stop(): Promise<void>;
}

export interface RemoteOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Directory for a `.cpuprofile` of each thread. */
  readonly profileDirectory?: string | undefined;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Starts a module that calls {@link serveRemote}; resolves once it is ready. */
export async function startRemote(module: URL, options: RemoteOptions = {}): Promise<Remote> {
  const profile = options.profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDirectory}`] : [];
  const child = fork(fileURLToPath(module), {
    execArgv: [...process.execArgv, ...profile],
    env: { ...process.env, ...options.environment },
    // Its stdout is not for figures: a chatty peer must not get between them.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', (code) => {
    for (const { reject } of pending.values()) reject(new Error(`${module.pathname} ended with code ${code}`));
  });
  child.on('message', ({ id, result, error }: Reply) => {
    const question = pending.get(id);
    pending.delete(id);
    if (error === undefined) question?.resolve(result);
    else question?.reject(new Error(error));
  });

  function call<Result>(command: string, argument?: unknown): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = command === 'ready' ? 0 : nextId++;
      pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      if (command !== 'ready') child.send({ id, command, argument });
    });
  }

  await call('ready');
  return {
    call,
    cpuMicros: () => call('cpu'),
    async stop() {
      child.send({ id: -1, command: 'stop' });
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

export interface Commands {
  readonly [command: string]: (argument: never) => Promise<unknown>;
}

/** The other side: runs in the child, answers commands, and ends with its parent. */
export function serveRemote(commands: Commands, close: () => Promise<void>): void {
  process.on('disconnect', () => process.exit(1));
  process.on('message', async ({ id, command, argument }: { id: number; command: string; argument: never }) => {
    if (command === 'stop') {
      await close().catch((error: unknown) => say(String(error)));
      process.exit(0);
    }
    try {
      const result = command === 'cpu' ? ownCpuMicros() : await commands[command]?.(argument);
      process.send?.({ id, result } satisfies Reply);
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Reply);
    }
  });
  process.send?.({ id: 0 } satisfies Reply);
}

export function ownCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
