import { Worker } from 'node:worker_threads';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { databaseUnavailable, QueryError } from '../port/errors.ts';
import type { QueryResult } from '../port/port.ts';
import type { Reply, Request, WorkerOptions } from './protocol.ts';

export interface Connection {
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<QueryResult<Row>>;
  script(text: string): Promise<void>;
  /** Counts the restarts of the thread: a change means that the session state is gone. */
  generation(): number;
  close(): Promise<void>;
}

type Answer = Extract<Reply, { rows: unknown }>;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** Talks to the database thread. When the thread dies, everything asked of it fails with a 503 and it is started again. */
export async function createConnection(options: WorkerOptions, logger: Logger): Promise<Connection> {
  const questions = createQuestions();
  let thread: Worker | undefined;
  let generation = 0;
  let isClosing = false;

  async function start(): Promise<void> {
    thread = await startThread(options, { onReply: questions.answer, onLost });
  }

  function onLost(cause: unknown): void {
    thread = undefined;
    generation += 1;
    questions.fail(cause);
    if (isClosing) return;
    logger.error({ reason: errorMessage(cause) }, 'the database thread ended, starting it again');
    restartIn(200);
  }

  function restartIn(delay: number): void {
    setTimeout(() => {
      if (!isClosing) start().catch(() => restartIn(Math.min(delay * 2, 10_000)));
    }, delay).unref();
  }

  await start();
  return {
    async query<Row>(text: string, values: readonly unknown[] = [], name?: string) {
      const { rows, rowCount } = await questions.ask(thread, { kind: 'query', text, values, name });
      return { rows: rows as Row[], rowCount };
    },
    async script(text) {
      await questions.ask(thread, { kind: 'script', text });
    },
    generation: () => generation,
    async close() {
      isClosing = true;
      await questions.ask(thread, { kind: 'close' }).catch(() => undefined);
      await thread?.terminate();
    },
  };
}

interface ThreadListener {
  onReply(reply: Reply): void;
  /** Called when a thread that was ready has ended. */
  onLost(cause: unknown): void;
}

/** Resolves once the database is open. @throws AppError `database_unavailable` when the thread ends before */
function startThread(options: WorkerOptions, { onReply, onLost }: ThreadListener): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url), {
      workerData: options,
      name: 'automate-database',
    });
    let isReady = false;
    let cause: unknown = new Error('the database thread ended');
    thread.on('error', (error) => {
      cause = error;
    });
    thread.on('exit', () => {
      if (isReady) onLost(cause);
      else reject(databaseUnavailable(cause));
    });
    thread.on('message', (reply: Reply) => {
      if (reply.id !== 0) return onReply(reply);
      isReady = true;
      resolve(thread);
    });
  });
}

/** What was asked of the thread and is not answered yet. */
function createQuestions() {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  return {
    /** @param thread undefined while there is none */
    ask(thread: Worker | undefined, question: Question): Promise<Answer> {
      return new Promise((resolve, reject) => {
        if (!thread) {
          reject(databaseUnavailable(new Error('the database thread is starting')));
          return;
        }
        const id = nextId++;
        pending.set(id, { resolve, reject });
        thread.postMessage({ ...question, id } as Request);
      });
    },
    answer(reply: Reply): void {
      const question = pending.get(reply.id);
      pending.delete(reply.id);
      if ('error' in reply) question?.reject(new QueryError(reply.error));
      else question?.resolve(reply);
    },
    fail(cause: unknown): void {
      for (const question of pending.values()) question.reject(databaseUnavailable(cause));
      pending.clear();
    },
  };
}
