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

interface Pending {
  readonly resolve: (reply: Extract<Reply, { rows: unknown }>) => void;
  readonly reject: (error: unknown) => void;
}

type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** Talks to the database thread. When the thread dies, everything asked of it fails with a 503 and it is started again. */
export async function createConnection(options: WorkerOptions, logger: Logger): Promise<Connection> {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let nextId = 1;
  let generation = 0;
  let closing = false;

  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fresh = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url), {
        workerData: options,
        name: 'automate-database',
      });
      let cause: unknown = new Error('the database thread ended');
      fresh.on('error', (error) => {
        cause = error;
      });
      fresh.on('exit', () => {
        reject(databaseUnavailable(cause));
        if (worker === fresh) lost(cause);
      });
      fresh.on('message', (reply: Reply) => {
        if (reply.id === 0) {
          worker = fresh;
          resolve();
          return;
        }
        const question = pending.get(reply.id);
        pending.delete(reply.id);
        if ('error' in reply) question?.reject(new QueryError(reply.error));
        else question?.resolve(reply);
      });
    });
  }

  function lost(cause: unknown): void {
    worker = undefined;
    generation += 1;
    for (const question of pending.values()) question.reject(databaseUnavailable(cause));
    pending.clear();
    if (closing) return;
    logger.error({ reason: errorMessage(cause) }, 'the database thread ended, starting it again');
    const restart = (delay: number): void => {
      setTimeout(() => {
        if (!closing) start().catch(() => restart(Math.min(delay * 2, 10_000)));
      }, delay).unref();
    };
    restart(200);
  }

  function ask(question: Question): Promise<Extract<Reply, { rows: unknown }>> {
    return new Promise((resolve, reject) => {
      if (!worker) {
        reject(databaseUnavailable(new Error('the database thread is starting')));
        return;
      }
      const id = nextId++;
      pending.set(id, { resolve, reject });
      worker.postMessage({ ...question, id } as Request);
    });
  }

  await start();
  return {
    async query<Row>(text: string, values: readonly unknown[] = [], name?: string) {
      const { rows, rowCount } = await ask({ kind: 'query', text, values, name });
      return { rows: rows as Row[], rowCount };
    },
    async script(text) {
      await ask({ kind: 'script', text });
    },
    generation: () => generation,
    async close() {
      closing = true;
      await ask({ kind: 'close' }).catch(() => undefined);
      await worker?.terminate();
    },
  };
}
