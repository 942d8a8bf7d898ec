import {
  type Launch,
  type ProductProcess,
  type ServerProcess,
  startServerProcess,
  startWorkerProcess,
  type WorkerProcess,
} from '../../packages/automate/e2e/support/server-process.ts';
import type { TestDatabase } from '../../packages/automate/src/testing/index.ts';

/** The processes of an installation under test, all on one database. */
export interface Fleet {
  /** That are up now. */
  readonly servers: readonly ServerProcess[];
  readonly workers: readonly WorkerProcess[];
  startServer(launch?: Launch & { args?: readonly string[] }): Promise<ServerProcess>;
  startWorker(launch?: Launch): Promise<WorkerProcess>;
  /** kill -9: no chance to say goodbye. */
  kill(process: ProductProcess): Promise<void>;
  /** Says that it may end by itself. */
  mayDie(process: ProductProcess): void;
  /** SIGTERM; resolves with the exit code. */
  stop(process: ProductProcess): Promise<number | null>;
  /** How often each message was logged at a level, `warn` or `error`, by all that ever ran. */
  messages(level: 'warn' | 'error'): ReadonlyMap<string, number>;
  /** Jobs whose lease was lost by a process that was alive, as it has said itself. */
  lapsedJobs(): string[];
  /** Processes that ended although nobody has asked them to. */
  unexpectedExits(): string[];
  /** Stops all that is up, in order. */
  stopAll(): Promise<void>;
  /** Ends what is left, whatever state it is in. */
  close(): Promise<void>;
}

export function createFleet(
  database: TestDatabase,
  common: Readonly<Record<string, string>>,
  usual: Omit<Launch, 'environment'> = {},
): Fleet {
  const servers: ServerProcess[] = [];
  const workers: WorkerProcess[] = [];
  const all: ProductProcess[] = [];
  const asked = new Set<ProductProcess>();
  const exits: string[] = [];

  function adopt<P extends ProductProcess>(process: P, list: P[]): P {
    list.push(process);
    all.push(process);
    process.process.once('exit', (code, signal) => {
      forget(process);
      if (!asked.has(process))
        exits.push(`${process.pid} ended by itself with ${code ?? signal}: ${process.errors().slice(-600)}`);
    });
    return process;
  }

  function forget(process: ProductProcess): void {
    for (const list of [servers, workers] as ProductProcess[][]) {
      const index = list.indexOf(process);
      if (index >= 0) list.splice(index, 1);
    }
  }

  async function stop(process: ProductProcess): Promise<number | null> {
    asked.add(process);
    forget(process);
    return process.stop();
  }

  return {
    servers,
    workers,
    async startServer({ args = ['serve'], environment, ...launch } = {}) {
      return adopt(await startServerProcess(database, { ...common, ...environment }, args, { ...usual, ...launch }), servers);
    },
    async startWorker({ environment, ...launch } = {}) {
      return adopt(
        await startWorkerProcess(database, { ...usual, ...launch, environment: { ...common, ...environment } }),
        workers,
      );
    },
    async kill(process) {
      asked.add(process);
      forget(process);
      await process.kill();
    },
    mayDie: (process) => void asked.add(process),
    stop,
    messages: (level) => {
      const lines = all.flatMap((process) => process.errors().split('\n').filter(Boolean));
      const counts = new Map<string, number>();
      for (const text of lines.flatMap((line) => messageOf(line, level))) counts.set(text, (counts.get(text) ?? 0) + 1);
      return counts;
    },
    lapsedJobs: () => all.flatMap((process) => [...process.errors().matchAll(LAPSED)].map(([, id]) => id as string)),
    unexpectedExits: () => exits,
    async stopAll() {
      await Promise.all([...workers, ...servers].map(stop));
    },
    async close() {
      for (const process of all) {
        asked.add(process);
        process.process.kill('SIGCONT');
        await process.kill();
      }
    },
  };
}

const LAPSED = /"job_id":"([^"]+)"[^\n]*lease lost/g;

/** What a line of a log says with why, when it is of the level; what is no line of the log is an error. */
function messageOf(line: string, level: 'warn' | 'error'): string[] {
  try {
    const entry = JSON.parse(line) as { 'log.level': string; message: string; reason?: string; error?: { message?: string } };
    const isError = ['error', 'fatal'].includes(entry['log.level']);
    if (isError !== (level === 'error')) return [];
    return [[entry.message, entry.reason ?? entry.error?.message].filter(Boolean).join(': ')];
  } catch {
    return level === 'error' ? [line] : [];
  }
}
