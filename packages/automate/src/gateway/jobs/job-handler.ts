import type { Db } from '../../db/index.ts';
import { backoffMs, type ClaimedJob, type JobContext, type JobHandler, type JobOutcome } from '../../jobs/index.ts';
import { AppError, errorMessage, type JsonObject } from '../../kernel/index.ts';
import { endJob } from './end-job.ts';
import { type EndpointJobRow, findEndpointJob, reopenEndpointJobs } from './endpoint-job.store.ts';
import { eventsBehind, lastEvents } from './job-event.store.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { tellOn } from './told.ts';

export const ENDPOINT_JOB = 'gateway.endpoint_job';
/** Tries of what may pass; whose worker died is taken up more often. */
const MOST_TRIES = 3;

export interface JobWork {
  readonly row: EndpointJobRow;
  readonly signal: AbortSignal;
  readonly recorder: Pick<Recorder, 'token' | 'tell'>;
}

export interface JobHandlerOptions {
  readonly db: Db;
  /** Does what the endpoint is asked for. */
  work(work: JobWork): Promise<JsonObject>;
}

/** Does what endpoints are asked for in the background. Whatever ends a worker in between, another one begins it again and tells on. */
export function endpointJobHandler({ db, work }: JobHandlerOptions): Omit<JobHandler, 'kind'> {
  return {
    async run(job, context) {
      const { row, before } = await db.asTenant(job.tenantId, async (transaction) => ({
        row: await findEndpointJob(transaction, job.id),
        before: await eventsBehind(transaction, job.id, 0, 1_000_000),
      }));
      if (!row || row.outcome === 'cancelled') return { type: 'cancelled' };
      // Its worker ended between storing the end and saying so.
      if (row.outcome === 'succeeded') return { type: 'succeeded' };
      const recorder = createRecorder({ db, job, context, told: tellOn(before) });
      try {
        const signal = AbortSignal.any([context.signal, recorder.lost]);
        const result = await work({ row, signal, recorder });
        return (await recorder.finish(result)) ? { type: 'succeeded' } : 'settled';
      } catch (error) {
        if (context.signal.aborted || recorder.lost.aborted) return recorder.lost.aborted ? 'settled' : { type: 'released' };
        await recorder.flush();
        return outcomeOf(error, job, context);
      }
    },
    async onDead(transaction, jobs) {
      for (const { id, error } of jobs) await endJob(transaction, id, { outcome: 'failed', error });
    },
    onRedrive: (transaction, ids) => reopenEndpointJobs(transaction, ids),
    async onCancelled(transaction, ids) {
      for (const id of ids) await endJob(transaction, id, { outcome: 'cancelled' });
    },
    versionsOf: (queryable, ids) => lastEvents(queryable, ids),
  };
}

/** What the caller has to change fails at once; what may pass is tried again. */
function outcomeOf(error: unknown, job: ClaimedJob, context: JobContext): JobOutcome {
  const isOurs = AppError.is(error);
  if (!isOurs) context.logger.error({ error }, 'a job of an endpoint failed');
  const failure = { code: isOurs ? error.code : 'internal', message: isOurs ? errorMessage(error) : 'Internal error' };
  const mayPass = !isOurs || error.status === 429 || error.status >= 500;
  if (!mayPass || job.attempts >= MOST_TRIES) return { type: 'failed', error: failure };
  const seconds = isOurs ? Number(error.headers?.['retry-after'] ?? 0) : 0;
  return { type: 'retry', error: failure, delayMs: Math.max(seconds * 1_000 || 0, backoffMs(job.attempts)) };
}
