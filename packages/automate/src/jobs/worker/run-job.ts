import { cutText, errorMessage } from '../../kernel/index.ts';
import { backoffMs, type ClaimedJob, type JobContext, type JobHandler, type JobOutcome } from '../job.ts';
import type { InFlightJobs } from './in-flight.ts';
import { HeldJobContext, type JobContextOptions } from './job-context.ts';
import type { Outcomes } from './outcomes.ts';

/** Longest reason of a failure that is kept. */
const MAXIMUM_REASON = 10_000;

export interface RunJobOptions {
  readonly context: JobContextOptions;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  readonly inFlight: InFlightJobs;
  readonly outcomes: Pick<Outcomes, 'store'>;
  /** Called when a job is to be tried again in so many milliseconds. */
  onRetry(delayMs: number): void;
  /** Called when a job has left what is in flight. */
  onReleased(job: ClaimedJob): void;
}

/** Runs a claimed job by the handler of its kind, and stores its outcome. */
export async function runJob(options: RunJobOptions, job: ClaimedJob): Promise<void> {
  const { handlers, inFlight, outcomes, onRetry, onReleased } = options;
  const handler = handlers.get(job.kind);
  if (!handler) return;
  const held = inFlight.take(job);
  const { signal } = held.abort;
  const context = new HeldJobContext(held, options.context);
  try {
    const returned = await outcomeOf(handler, job, context);
    await context.end();
    const outcome = returned !== 'settled' && held.isCancelled ? ({ type: 'cancelled' } as const) : returned;
    if (outcome !== 'settled' && (held.isCancelled || !signal.aborted)) {
      const isHeld = await outcomes.store(job, outcome);
      if (!isHeld) context.logger.warn('lease lost before the outcome was stored; another worker has the job');
      if (outcome.type === 'retry') onRetry(outcome.delayMs);
    }
  } catch (error) {
    // The outcome could not be stored. A heartbeat finds that nobody knows of the job any more, and another claim goes on from the last stored step.
    context.logger.error({ error }, 'job outcome not stored');
  } finally {
    inFlight.release(held);
    onReleased(job);
  }
}

async function outcomeOf(handler: JobHandler, job: ClaimedJob, context: JobContext): Promise<JobOutcome | 'settled'> {
  try {
    return await handler.run(job, context);
  } catch (error) {
    context.logger.error({ error }, 'job failed');
    const failure = { code: 'job_error', message: cutText(errorMessage(error), MAXIMUM_REASON) };
    if (job.attempts >= job.maxAttempts) return { type: 'failed', error: failure };
    return { type: 'retry', error: failure, delayMs: backoffMs(job.attempts) };
  }
}
