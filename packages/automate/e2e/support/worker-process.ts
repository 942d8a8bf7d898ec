import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestDatabase } from '../../src/testing/index.ts';
import { cli, environmentOf } from './server-process.ts';

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly process: ChildProcess;
  /** Resolves once it works; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with the code or the signal that it ended with. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  errors(): string;
}

/** Starts `automate worker`, or another program that writes a line once it works. */
export function startWorkerProcess(
  database: Pick<TestDatabase, 'environment'>,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  program: readonly string[] = [cli, 'worker', '--json'],
): WorkerProcess {
  const child = spawn(process.execPath, [...program, ...args], {
    env: environmentOf(database, environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  const ready = Promise.race([
    once(child.stdout, 'data').then(() => undefined),
    ended.then((code) => Promise.reject(new Error(`the worker ended with ${code} before it was ready\n${errors}`))),
  ]);
  ready.catch(() => undefined);
  return { process: child, ready, ended, errors: () => errors };
}

/** Starts a worker again whenever it ends, as a supervisor does; returns how to end that. */
export function supervise(start: () => WorkerProcess): { starts(): number; stop(): Promise<void> } {
  let isStopped = false;
  let starts = 0;
  let current: WorkerProcess | undefined;
  const running = (async () => {
    while (!isStopped) {
      starts += 1;
      current = start();
      await current.ended;
    }
  })();
  return {
    starts: () => starts,
    async stop() {
      isStopped = true;
      current?.process.kill('SIGKILL');
      await running;
    },
  };
}
