import { withSessions } from '../db/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { JobHandler } from './job.ts';
import { createJobControl, type JobControl } from './job-control.ts';
import { createJobKinds } from './job-kinds.ts';
import { createListWatch, type ListWatch } from './live/list-watch.ts';
import { createLiveUpdates, type LiveUpdates } from './live/live.ts';
import { createSharedReads, type SharedReads } from './live/shared-reads.ts';
import { allVersionsOf } from './live/versions.ts';
import { createLocalWorker, type JobSystemOptions } from './local-worker.ts';
import { createNotices } from './notices.ts';

/** All asynchronous work of a process. It is made first; features register what they can run, then it starts. */
export interface JobSystem {
  /** The clock of the database, as far as it is known: exact once a worker runs here. */
  readonly clock: Clock;
  /** Follows what changes, in whichever process. */
  readonly live: LiveUpdates;
  /** Follows what changes in the lists of tenants. */
  readonly lists: ListWatch;
  /** Reads for those who follow. */
  readonly reads: SharedReads;
  /** Steers and follows single jobs. */
  readonly control: JobControl;
  /** Says what runs jobs of a kind. @throws AppError `job_kind_taken` for a second handler of a kind, and for one that comes after the start */
  register(...handlers: readonly JobHandler[]): void;
  /** Names tables that change with every job: they are cleaned together, where no server does it. */
  hotTables(...tables: readonly string[]): void;
  /** After a commit: work was queued. @param lanes where, as far as it is known */
  announce(lanes?: readonly string[]): void;
  /** Calls back when another process has announced work, as long as a worker runs here. Returns how to stop. */
  onAnnounced(callback: () => void): () => void;
  /** After a commit: these jobs were notified. */
  notify(jobIds: readonly string[]): void;
  /** A job becomes due, so that nobody here has to poll for it. */
  dueAt(time: Date): void;
  /**
   * Starts claiming and running jobs in this process.
   * @param options.lanes those to claim from. Default: all
   * @throws AppError `invalid_settings` when the settings name a kind that nothing here can run
   */
  start(options?: { readonly lanes?: readonly string[] | undefined }): Promise<void>;
  /** Whether jobs can be claimed; undefined while none are. */
  health(): { readonly ok: boolean; readonly detail: string } | undefined;
  /** How many jobs run here. */
  inFlight(): number;
  /** Claims nothing more, lets what runs reach a safe point, gives back the rest. */
  stop(): Promise<void>;
}

/** Reads for followers at once: the others of the pool, or of the turns at the only session, are for requests and workers. */
const FOLLOWER_READS = { postgres: 4, pglite: 1 };

export async function createJobSystem(options: JobSystemOptions): Promise<JobSystem> {
  const { logger, settings } = options;
  const db = withSessions(options.db, { byIndex: true });
  const kinds = createJobKinds();
  const { handlers } = kinds;
  const hotTables: string[] = [];
  const callbacks = new Set<() => void>();
  const live = await createLiveUpdates({ db, logger, versionsOf: (ids) => allVersionsOf(db, handlers.values(), ids) });
  const lists = createListWatch({ db, live, logger });
  const reads = createSharedReads({ concurrency: FOLLOWER_READS[db.driver] });
  const notices = createNotices({ db, logger, name: settings.name });
  const onAnnounced = () => callbacks.forEach((callback) => void callback());
  const worker = createLocalWorker({ ...options, db, kinds, hotTables, live, notices, onAnnounced });
  const control = createJobControl({ db, live, reads, handlers, onQueued: () => announce(), onCancelled, notify });

  function announce(lanes: readonly string[] = []): void {
    worker.current()?.wake(lanes);
    notices.announce(lanes);
  }

  function onCancelled(jobIds: readonly string[]): void {
    worker.current()?.cancel(jobIds);
    notices.cancelled(jobIds);
  }

  function notify(jobIds: readonly string[]): void {
    if (jobIds.length === 0) return;
    live.publish(jobIds);
    worker.current()?.notify(jobIds);
    announce();
    notices.notified(jobIds);
  }

  return {
    clock: worker.clock,
    live,
    lists,
    reads,
    control,
    register: (...added) => kinds.register(added),
    hotTables: (...tables) => void hotTables.push(...tables),
    announce,
    onAnnounced(callback) {
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    notify,
    dueAt: (time) => worker.current()?.wakeIn(time.getTime() - worker.clock.now().getTime()),
    start: ({ lanes } = {}) => worker.start(lanes),
    health() {
      const isHealthy = worker.current()?.isHealthy();
      return isHealthy === undefined ? undefined : { ok: isHealthy, detail: isHealthy ? 'claiming jobs' : 'cannot claim jobs' };
    },
    inFlight: () => worker.current()?.inFlight() ?? 0,
    async stop() {
      await worker.stop();
      await notices.stop();
      lists.close();
      await live.close();
    },
  };
}
