import type { ChildProcess } from 'node:child_process';
import { StepError } from '../step-error.ts';
import type { Answer, Request } from './child/messages.ts';
import { readMessage } from './messages-read.ts';
import { spawnChild, unreference } from './spawn-child.ts';

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

/**
 * Starts one: without environment, without the way to write files or start processes, and with the way to read only what it is
 * made of.
 * @throws StepError `code_process_lost`
 */
export async function startCodeProcess(): Promise<CodeProcess> {
  const child = spawnChild();
  const process = new ChildCodeProcess(child);
  await process.started();
  unreference(child);
  return process;
}

/** What waits for an answer. */
interface Asked {
  readonly id: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

class ChildCodeProcess implements CodeProcess {
  isAlive = true;
  hasBegun = false;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #count = 0;
  #asked: Asked | undefined;
  /** What has come of the message that is not whole yet. */
  #text = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise<void>((resolve) => {
      const end = () => {
        this.isAlive = false;
        this.#asked?.reject(lost());
        this.#asked = undefined;
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    child.stdin?.on('error', () => this.kill());
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk));
  }

  /** It says so by an answer that nobody has asked for. */
  async started(): Promise<void> {
    await this.#answerTo(0, { ms: START_MS, late: lost });
  }

  ask(request: Omit<Request, 'id'>, signal?: AbortSignal): Promise<Answer> {
    this.hasBegun = false;
    if (!this.isAlive) return Promise.reject(lost());
    this.#count += 1;
    const id = this.#count;
    const answer = this.#answerTo(id, { ms: request.timeoutMs + GRACE_MS, late: () => tooLate(request), signal });
    this.#child.stdin?.write(`${JSON.stringify({ ...request, id })}\n`);
    return answer;
  }

  kill(): void {
    this.isAlive = false;
    this.#child.kill('SIGKILL');
  }

  #read(chunk: string): void {
    this.#text += chunk;
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const message = readMessage(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 1);
      // Whatever says anything else is nothing that we started.
      const isExpected = message !== undefined && message.id === this.#asked?.id;
      if (isExpected && message.type === 'begun') this.hasBegun = true;
      else if (isExpected && message.type !== 'begun' && this.#text === '') this.#answer(message);
      else {
        this.kill();
        return;
      }
    }
    if (this.#text.length > MAXIMUM_ANSWER) this.kill();
  }

  #answer(message: Answer): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.hasBegun = false;
    asked?.resolve(message);
  }

  #answerTo(
    id: number,
    { ms, late, signal }: { ms: number; late: () => StepError; signal?: AbortSignal | undefined },
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const fail = (error: unknown) => {
        this.#asked = undefined;
        this.kill();
        reject(error);
      };
      const stop = () => fail(signal?.reason);
      // An answer that came while this process was busy with something else counts.
      const timer = setTimeout(() => setImmediate(() => this.#asked?.id === id && fail(late())), ms);
      signal?.addEventListener('abort', stop, { once: true });
      const settle =
        <Value>(done: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', stop);
          done(value);
        };
      this.#asked = { id, resolve: settle(resolve), reject: settle(reject) };
    });
  }
}

function lost(): StepError {
  const detail = 'The process that ran the code has ended before the code did.';
  return new StepError({ code: 'code_process_lost', detail, isRetryable: true });
}

function tooLate({ timeoutMs }: Omit<Request, 'id'>): StepError {
  return new StepError({ code: 'code_timeout', detail: `The code ran longer than ${timeoutMs} ms.`, isRetryable: false });
}
