import { Worker } from 'node:worker_threads';
import { createPlaces } from '../programs/places.ts';
import { messageOf } from './message-of.ts';
import type { ThreadAnswer } from './messages.ts';

/** A thread with a model in its memory: one for the process, started when first asked, one question at a time. */
export interface KeptThread<Question, Answer> {
  /**
   * Ends the thread where an answer is given up or takes longer than `timeMs`: the next question starts another.
   * @throws AppError `provider_failed`, `provider_timeout`, `provider_rate_limited`; the signal's reason
   */
  ask(question: Question, options: { timeMs: number; signal: AbortSignal | undefined }): Promise<Answer>;
  /** Keeps it until what is returned is called; with the last of them the thread ends. */
  hold(): () => Promise<void>;
}

export interface ThreadOptions {
  /** For messages. */
  readonly what: string;
  readonly file: URL;
  /** What an error of the thread becomes. */
  readonly fault: (message: string) => Error;
}

const START_MS = 60_000;

export function createKeptThread<Question, Answer>(options: ThreadOptions): KeptThread<Question, Answer> {
  const places = createPlaces(options.what, { places: 1 });
  let kept: Worker | undefined;
  let holders = 0;
  let count = 0;

  async function started(signal: AbortSignal | undefined): Promise<Worker> {
    if (kept) return kept;
    const thread = startThread(options);
    thread.unref();
    kept = thread;
    thread.once('exit', () => {
      if (kept === thread) kept = undefined;
    });
    await answerOf(thread, 0, { timeMs: START_MS, signal });
    return thread;
  }

  async function answerOf(thread: Worker, id: number, waiting: Waiting): Promise<ThreadAnswer<Answer>> {
    try {
      return await messageOf<ThreadAnswer<Answer>>(thread, id, { ...waiting, what: options.what });
    } catch (error) {
      if (kept === thread) kept = undefined;
      void thread.terminate();
      throw error;
    }
  }

  return {
    ask: (question, waiting) =>
      places.take(async () => {
        const thread = await started(waiting.signal);
        count += 1;
        thread.postMessage({ id: count, question });
        const answer = await answerOf(thread, count, waiting);
        if ('fault' in answer) throw options.fault(answer.fault);
        return answer.answer;
      }, waiting.signal),
    hold() {
      let isHeld = true;
      holders += 1;
      return async () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        if (holders === 0) await kept?.terminate();
      };
    },
  };
}

interface Waiting {
  readonly timeMs: number;
  readonly signal: AbortSignal | undefined;
}

function startThread({ file, what }: ThreadOptions): Worker {
  const thread = new Worker(file, {
    env: {},
    name: what,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    stdout: true,
    stderr: true,
  });
  // What libraries print of a broken input is nobody's log, and how it ended is told by its end.
  thread.stdout.resume();
  thread.stderr.resume();
  thread.on('error', () => undefined);
  return thread;
}
