import type { Db } from '../../db/index.ts';
import { type ClaimedJob, type JobContext, lockLeases } from '../../jobs/index.ts';
import type { JsonObject } from '../../kernel/index.ts';
import { endJob } from './end-job.ts';
import { lockOpen } from './endpoint-job.store.ts';
import { addEvents, type JobEvent } from './job-event.store.ts';
import type { Told } from './told.ts';

/** What is told within this time is stored together. */
const GATHER_MS = 25;
/** Characters that may wait to be stored before what makes them waits too. */
const MOST_WAITING = 65_536;

/** Stores what a job tells, as long as it is this worker's. */
export interface Recorder {
  /** Fires once nothing more can be stored: another worker has the job, or it has ended. */
  readonly lost: AbortSignal;
  token(text: string): Promise<void> | undefined;
  tell(event: JobEvent): void;
  /** Stores the end with all that was told before it. False when the job is not this worker's any more. */
  finish(result: JsonObject): Promise<boolean>;
  /** Stores what waits. */
  flush(): Promise<void>;
}

export interface RecorderOptions {
  readonly db: Db;
  readonly job: ClaimedJob;
  readonly context: Pick<JobContext, 'publish' | 'logger'>;
  readonly told: Told;
}

export function createRecorder({ db, job, context, told }: RecorderOptions): Recorder {
  const losing = new AbortController();
  let waiting: JobEvent[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let storing: Promise<void> = Promise.resolve();

  /** Words that follow each other are one event. */
  function add(event: JobEvent): void {
    const last = waiting.at(-1);
    if (event.event === 'token' && last?.event === 'token')
      waiting[waiting.length - 1] = { event: 'token', data: { text: `${last.data.text}${event.data.text}` } };
    else waiting.push(event);
    size += event.event === 'token' ? String(event.data.text).length : 100;
    timer ??= setTimeout(() => void flush().catch(() => undefined), GATHER_MS);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    storing = storing.catch(() => undefined).then(store);
    return storing;
  }

  async function store(): Promise<void> {
    if (waiting.length === 0 || losing.signal.aborted) return;
    const events = waiting;
    waiting = [];
    size = 0;
    try {
      const isHeld = await db.asTenant(job.tenantId, async (transaction) => {
        if ((await lockLeases(transaction, [job.lease])).size === 0 || !(await lockOpen(transaction, job.id))) return false;
        await addEvents(transaction, job, events);
        return true;
      });
      if (!isHeld) losing.abort();
      context.publish();
    } catch (error) {
      // They go first with what is stored next.
      waiting = [...events, ...waiting];
      context.logger.warn({ error }, 'what a job tells could not be stored yet');
      throw error;
    }
  }

  return {
    lost: losing.signal,
    token(text) {
      for (const event of told.token(text)) add(event);
      return size > MOST_WAITING ? flush().catch(() => undefined) : undefined;
    },
    tell(event) {
      for (const one of told.event(event)) add(one);
    },
    async finish(result) {
      for (const event of told.end()) add(event);
      clearTimeout(timer);
      await storing.catch(() => undefined);
      const isHeld = await db.asTenant(job.tenantId, async (transaction) => {
        if ((await lockLeases(transaction, [job.lease])).size === 0) return false;
        return endJob(transaction, job.id, { outcome: 'succeeded', result }, waiting);
      });
      waiting = [];
      context.publish();
      return isHeld;
    },
    flush,
  };
}
