import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { StepError } from '../step-error.ts';
import type { Answer, Message, Request } from './child/messages.ts';

/** A process that runs code, one request at a time. After a fault of its own it is dead. */
export interface CodeProcess {
  readonly isAlive: boolean;
  /** Whether the code that was asked for has begun to run; no longer once it is answered. */
  readonly hasBegun: boolean;
  /** @throws StepError `code_timeout`, `code_process_lost` */
  ask(request: Omit<Request, 'id'>, signal?: AbortSignal): Promise<Answer>;
  kill(): void;
  readonly ended: Promise<void>;
}

const START_MS = 30_000;
/** What the process may take beyond the time of the code before it is killed. */
const GRACE_MS = 500;
/** An answer is an output of 1 MiB and 100 lines at most, written as JSON once more. */
const MAXIMUM_ANSWER = 8 * 1_048_576;
const MAXIMUM_HEAP_MB = 64;

const Place = z.int().min(1).optional();
const Begun = z.object({ id: z.int().min(0), type: z.literal('begun') });
const Answered = z.intersection(
  z.object({
    id: z.int().min(0),
    lines: z.array(z.object({ level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string().max(2_000) })).max(101),
  }),
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('done'), output: z.string() }),
    z.object({
      type: z.literal('failed'),
      code: z.enum(['code_error', 'code_timeout', 'code_memory', 'code_output_invalid']),
      message: z.string().max(10_000),
      line: Place,
      column: Place,
    }),
  ]),
);
const Said = z.union([Begun, Answered]);

/**
 * Starts one: without environment, without the way to write files or start processes, and with the way to read only what it is
 * made of.
 * @throws StepError `code_process_lost`
 */
export async function startCodeProcess(): Promise<CodeProcess> {
  const child = spawnChild();
  let isAlive = true;
  let hasBegun = false;
  let count = 0;
  let asked: { readonly id: number; resolve(answer: Answer): void; reject(error: StepError): void } | undefined;
  let text = '';

  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isAlive = false;
      asked?.reject(lost());
      asked = undefined;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  child.stdin?.on('error', () => kill());
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const message = readMessage(text.slice(0, end));
      text = text.slice(end + 1);
      // Whatever says anything else is nothing that we started.
      if (!message || message.id !== asked?.id) return kill();
      if (message.type === 'begun') hasBegun = true;
      else if (text === '') answer(message);
      else return kill();
    }
    if (text.length > MAXIMUM_ANSWER) kill();
  });

  function answer(message: Answer): void {
    const resolve = asked?.resolve;
    asked = undefined;
    hasBegun = false;
    resolve?.(message);
  }

  function kill(): void {
    isAlive = false;
    child.kill('SIGKILL');
  }

  function wait(
    id: number,
    { ms, late, signal }: { ms: number; late: () => StepError; signal?: AbortSignal | undefined },
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const fail = (error: unknown) => {
        asked = undefined;
        kill();
        reject(error);
      };
      const stop = () => fail(signal?.reason);
      // An answer that came while this process was busy with something else counts.
      const timer = setTimeout(() => setImmediate(() => asked?.id === id && fail(late())), ms);
      signal?.addEventListener('abort', stop, { once: true });
      const settle =
        <Value>(done: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', stop);
          done(value);
        };
      asked = { id, resolve: settle(resolve), reject: settle(reject) };
    });
  }

  await wait(0, { ms: START_MS, late: lost });
  unreference(child);
  return {
    get isAlive() {
      return isAlive;
    },
    get hasBegun() {
      return hasBegun;
    },
    ask(request, signal) {
      hasBegun = false;
      if (!isAlive) return Promise.reject(lost());
      count += 1;
      const answer = wait(count, { ms: request.timeoutMs + GRACE_MS, late: () => tooLate(request), signal });
      child.stdin?.write(`${JSON.stringify({ ...request, id: count })}\n`);
      return answer;
    },
    kill,
    ended,
  };
}

function spawnChild(): ChildProcess {
  const entry = new URL(import.meta.url.endsWith('.ts') ? './child/main.ts' : './child/main.js', import.meta.url);
  const core = import.meta.resolve('quickjs-emscripten-core');
  const variant = import.meta.resolve('@jitl/quickjs-wasmfile-release-sync');
  const wasm = import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  const readable = new Set([dirname(fileURLToPath(entry)), ...[core, variant, wasm].map(modulesOf)]);
  const flags = [
    '--permission',
    ...[...readable].map((path) => `--allow-fs-read=${path}`),
    '--allow-worker',
    '--expose-gc',
    `--max-old-space-size=${MAXIMUM_HEAP_MB}`,
    '--no-warnings',
  ];
  return spawn(process.execPath, [...flags, fileURLToPath(entry), core, variant, wasm], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
}

/** The folder of modules that a file stands in: the package has dependencies beside it. */
function modulesOf(url: string): string {
  const path = fileURLToPath(url);
  const at = path.lastIndexOf('node_modules');
  return at < 0 ? dirname(path) : path.slice(0, at + 'node_modules'.length);
}

/** It is there for this process, which need not stay for it. */
function unreference(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void } | null)?.unref?.();
}

function readMessage(text: string): Message | undefined {
  try {
    return Said.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function lost(): StepError {
  const detail = 'The process that ran the code has ended before the code did.';
  return new StepError({ code: 'code_process_lost', detail, isRetryable: true });
}

function tooLate({ timeoutMs }: Omit<Request, 'id'>): StepError {
  return new StepError({ code: 'code_timeout', detail: `The code ran longer than ${timeoutMs} ms.`, isRetryable: false });
}
