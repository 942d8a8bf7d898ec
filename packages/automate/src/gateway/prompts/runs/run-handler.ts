import type { Db } from '../../../db/index.ts';
import {
  backoffMs,
  type ClaimedJob,
  type JobContext,
  type JobHandler,
  type JobOutcome,
  lockLeases,
  noteProgress,
} from '../../../jobs/index.ts';
import { AppError, errorMessage } from '../../../kernel/index.ts';
import { type Assertions, isLimit } from '../assertions/assertions.ts';
import type { PromptCaller } from '../prompt-caller.ts';
import type { ResolvePrompt } from '../resolve.ts';
import { finishedCases, insertResult } from './result.store.ts';
import { failRuns, findRun, finishRun, type RunRow, reopenRuns } from './run.store.ts';
import { type CaseToRun, runCase } from './run-case.ts';

export const PROMPT_RUN = 'gateway.prompt_run';
/** Cases of one run that are asked at once. */
const AT_ONCE = 4;

export interface RunHandlerOptions {
  readonly db: Db;
  readonly resolve: ResolvePrompt;
  readonly assertions: Assertions;
  models(): PromptCaller;
}

/** Tries the cases of a run. Each is stored when it is finished: whatever stops a run, another claim goes on with the rest. */
export function runHandler(options: RunHandlerOptions): Omit<JobHandler, 'kind'> {
  const { db } = options;
  return {
    async run(job, context) {
      const { run, finished } = await db.asTenant(job.tenantId, async (transaction) => ({
        run: await findRun(transaction, job.id),
        finished: await finishedCases(transaction, job.id),
      }));
      // The prompt or the test set was deleted, and the run with it.
      if (!run) return { type: 'cancelled' };
      return new RunInFlight(options, { job, context, run, finished }).work();
    },
    onDead: (transaction, jobs) => failRuns(transaction, jobs),
    onRedrive: (transaction, ids) => reopenRuns(transaction, ids),
  };
}

interface Claim {
  readonly job: ClaimedJob;
  readonly context: JobContext;
  readonly run: RunRow;
  readonly finished: Map<number, boolean>;
}

/** One claim of a run. */
class RunInFlight {
  readonly #options: RunHandlerOptions;
  readonly #claim: Claim;
  /** Why no further case is begun. */
  #stopped: JobOutcome | 'settled' | undefined;
  #hasProgress = false;

  constructor(options: RunHandlerOptions, claim: Claim) {
    this.#options = options;
    this.#claim = claim;
  }

  async work(): Promise<JobOutcome | 'settled'> {
    const { job, run, finished, context } = this.#claim;
    const { tenantId } = job;
    const prompt = await this.#options.resolve({ tenantId, slug: run.prompt_id, version: run.version });
    const caller = { tenantId, actor: run.started_by, traceId: job.traceId, apiKeyId: run.api_key_id };
    const left = run.cases
      .map((one, position) => ({ one, position, prompt, model: run.model, caller, signal: context.signal }))
      .filter(({ position }) => !finished.has(position));
    this.#report();
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = left.shift(); next && !this.#isStopped(); next = left.shift()) await this.#try(next);
    });
    await Promise.all(workers);
    return this.#stopped ?? this.#finish();
  }

  #isStopped(): boolean {
    const { context } = this.#claim;
    if (context.signal.aborted || context.isDraining()) this.#stopped ??= { type: 'released' };
    return this.#stopped !== undefined;
  }

  async #try(asked: CaseToRun): Promise<void> {
    const { job, run, finished } = this.#claim;
    try {
      const result = await runCase(this.#options, asked);
      const isHeld = await this.#options.db.asTenant(job.tenantId, async (transaction) => {
        if ((await lockLeases(transaction, [job.lease])).size === 0) return false;
        await insertResult(transaction, { runId: run.id, tenantId: job.tenantId, result });
        await noteProgress(transaction, [job.id]);
        return true;
      });
      if (!isHeld) this.#stopped ??= 'settled';
      else {
        finished.set(result.position, result.passed);
        this.#hasProgress = true;
      }
      this.#report();
    } catch (error) {
      this.#stopped ??= this.#outcomeOf(error);
    }
  }

  /** What keeps a case from being tried: cancelled, a limit that passes, or the database. */
  #outcomeOf(error: unknown): JobOutcome {
    const { job, context } = this.#claim;
    if (context.signal.aborted) return { type: 'released' };
    const failure = { code: AppError.is(error) ? error.code : 'job_error', message: errorMessage(error) };
    // With a case that is finished, attempts are counted anew.
    if (!this.#hasProgress && job.attempts >= job.maxAttempts) return { type: 'failed', error: failure };
    const seconds = isLimit(error) ? Number(error.headers?.['retry-after'] ?? 0) : 0;
    return { type: 'retry', error: failure, delayMs: Math.max(seconds * 1_000 || 0, backoffMs(job.attempts)) };
  }

  /** Where it ends before the job does, another claim finds nothing left and ends it once more. */
  async #finish(): Promise<JobOutcome | 'settled'> {
    const { job } = this.#claim;
    const isHeld = await this.#options.db.asTenant(job.tenantId, async (transaction) => {
      if ((await lockLeases(transaction, [job.lease])).size === 0) return false;
      await finishRun(transaction, job.id);
      return true;
    });
    return isHeld ? { type: 'succeeded' } : 'settled';
  }

  #report(): void {
    const { run, finished, context } = this.#claim;
    const passed = [...finished.values()].filter(Boolean).length;
    context.progress({ total: run.cases.length, done: finished.size, passed, failed: finished.size - passed });
  }
}
