import type { Db } from '../../db/index.ts';
import type { JsonObject, Logger } from '../../kernel/index.ts';
import type { JobContext } from '../job.ts';
import type { LiveUpdates } from '../live/live.ts';
import { createProgressWriter, type ProgressWriter } from '../live/progress.ts';
import type { JobInFlight } from './in-flight.ts';

export interface JobContextOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly live: Pick<LiveUpdates, 'publish'>;
  isDraining(): boolean;
}

/** What a handler is given with a job; most jobs log nothing and report no progress. */
export class HeldJobContext implements JobContext {
  readonly #held: JobInFlight;
  readonly #options: JobContextOptions;
  #progress: ProgressWriter | undefined;

  constructor(held: JobInFlight, options: JobContextOptions) {
    this.#held = held;
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#held.abort.signal;
  }

  get logger(): Logger {
    const { id, traceId } = this.#held.job;
    return this.#options.logger.child({ 'trace.id': traceId, job_id: id });
  }

  isDraining(): boolean {
    return this.#options.isDraining();
  }

  onNotified(callback: () => void): () => void {
    this.#held.callbacks.add(callback);
    return () => this.#held.callbacks.delete(callback);
  }

  progress(progress: JsonObject): void {
    const { db, logger } = this.#options;
    this.#progress ??= createProgressWriter({ db, lease: this.#held.job.lease, logger, onStored: () => this.publish() });
    this.#progress.report(progress);
  }

  publish(): void {
    this.#options.live.publish([this.#held.job.id]);
  }

  /** Stores what was reported last. */
  async end(): Promise<void> {
    await this.#progress?.end();
  }
}
