import { createDatabaseClock, type Db, withSessions } from '../db/index.ts';
import { type Clock, errorMessage, type Logger } from '../kernel/index.ts';
import type { JobKinds } from './job-kinds.ts';
import type { LiveUpdates } from './live/live.ts';
import type { Notices } from './notices.ts';
import { createWorker, type Worker } from './worker/worker.ts';

export interface WorkerSettings {
  /** Names this process in leases; unique per start. */
  readonly name: string;
  /** Most jobs in flight at once. */
  readonly concurrency: number;
  /** The kinds of jobs that it claims; empty: all. */
  readonly kinds: readonly string[];
  readonly leaseSeconds: number;
  /** How long a worker waits at its end for what runs. */
  readonly shutdownSeconds: number;
}

export interface JobSystemOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly settings: WorkerSettings;
}

export interface LocalWorkerOptions extends JobSystemOptions {
  readonly kinds: JobKinds;
  readonly hotTables: readonly string[];
  readonly live: LiveUpdates;
  readonly notices: Notices;
  /** Called when another process has announced work. */
  onAnnounced(): void;
}

/** The worker of this process, once it was started; until then nothing runs here, and there is nobody to wake. */
export interface LocalWorker {
  readonly clock: Clock;
  start(lanes: readonly string[] | undefined): Promise<void>;
  current(): Worker | undefined;
  stop(): Promise<void>;
}

export function createLocalWorker(options: LocalWorkerOptions): LocalWorker {
  const { db, logger, settings, kinds, hotTables, live, notices, onAnnounced } = options;
  const { name, concurrency, leaseSeconds, shutdownSeconds } = settings;
  const clock = createDatabaseClock(db);
  let worker: Worker | undefined;
  let reading: NodeJS.Timeout | undefined;

  async function readClock(): Promise<void> {
    await clock
      .read()
      .catch((error: unknown) => logger.debug({ reason: errorMessage(error) }, 'what time it is could not be asked'));
  }

  /** Hears of others before it looks for work, so that nothing is missed in between. */
  async function begin(started: Worker): Promise<void> {
    await readClock();
    await notices.listen({
      onAnnounced(lanes) {
        started.wake(lanes);
        onAnnounced();
      },
      onNotified: started.notify,
      onCancelled: started.cancel,
    });
    await started.start();
    reading = setInterval(() => void readClock(), (leaseSeconds * 1_000) / 3).unref();
  }

  return {
    clock,
    async start(lanes) {
      const started = createWorker({
        db: withSessions(db, { byIndex: true, isBackground: true }),
        logger,
        handlers: kinds.handlers,
        live,
        name,
        concurrency,
        kinds: kinds.close(settings.kinds),
        lanes,
        leaseSeconds,
        isAlone: db.driver === 'pglite',
        hotTables,
      });
      worker = started;
      await begin(started);
    },
    current: () => worker,
    async stop() {
      clearInterval(reading);
      await worker?.stop(shutdownSeconds * 1_000);
    },
  };
}
