import type { Secrets } from '../../governance/index.ts';
import type { ClaimedJob, JobContext } from '../../jobs/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Plan } from '../graph/plan.ts';
import { errorWorkflowJobs } from '../journal/error-workflow-jobs.ts';
import { isRefusal, type Journal, type JournalEntry, weightOf } from '../journal/journal.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Ending, Failure, LoadedExecution, StepRecord } from '../records/execution.ts';
import { OPEN_STEPS } from '../records/status.ts';
import type { WorkflowSettings } from '../schemas.ts';
import type { StepEffects } from '../steps/step-effects.ts';
import { attemptStep } from './attempt.ts';
import type { AttemptResult } from './attempt-options.ts';
import { type Compensation, compensations, isUndoing, UNDONE } from './compensations.ts';
import type { LinkOf } from './frame.ts';
import type { StepLimits } from './limits.ts';
import { withoutContent } from './refused.ts';
import { pauseBeforeRetry } from './retry.ts';
import { SHOW_RUNNING_AFTER_MS, shownAsRunning } from './running.ts';

export interface EndOptions {
  readonly job: Pick<ClaimedJob, 'lease' | 'attempts'>;
  readonly context: JobContext;
  readonly execution: LoadedExecution;
  readonly ending: Ending;
  readonly plan: Plan;
  readonly settings: WorkflowSettings;
  readonly stored: readonly StepRecord[];
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly policies: Pick<ExecutionPolicy, 'requireStep'>;
  readonly effects: StepEffects;
  readonly limits: StepLimits;
  readonly clock: Clock;
  /** The link by which a step is decided. */
  readonly linkOf: LinkOf;
  /** Called before the first try of an undoing. */
  onStep(record: StepRecord): void;
  onParked(until: Date): void;
}

/**
 * Ends an execution that was cancelled or has failed: what waits is given up, the executions that it has started are cancelled too,
 * and what was done is undone, the last step first. Each undoing is stored before the next one starts, so a crash in between
 * repeats none that has ended.
 */
export async function endExecution(options: EndOptions): Promise<void> {
  const unwinding = new Unwinding(options);
  const showing = setTimeout(() => unwinding.show(), SHOW_RUNNING_AFTER_MS);
  await unwinding.run().finally(() => clearTimeout(showing));
}

/** The end of an execution that has something to undo, in the order in which it comes: give up, undo one step after the other, end. */
class Unwinding {
  readonly #options: EndOptions;
  #seq: number;

  constructor(options: EndOptions) {
    this.#options = options;
    this.#seq = options.stored.reduce((highest, step) => Math.max(highest, step.seq), options.execution.statusSeq);
  }

  /** It is in flight longer than most. */
  show(): void {
    const execution = shownAsRunning(this.#options.execution, this.#nextSeq());
    void this.#append({ isRecovery: false, execution }).catch(() => undefined);
  }

  async run(): Promise<void> {
    const { execution, plan, stored, linkOf } = this.#options;
    const left = stored.filter((step) => OPEN_STEPS.has(step.status) && !isUndoing(step));
    const steps = left.map((step): StepRecord => ({ ...step, ...this.#ended(), status: 'cancelled' }));
    if (!(await this.#append({ steps, cancelsChildren: true }))) return;

    const undoings = new Map(stored.filter(isUndoing).map((step) => [`${step.nodePath} ${step.iteration}`, step]));
    const failures: Failure[] = [];
    for (const compensation of compensations(execution, plan, stored, linkOf)) {
      const { nodePath, iteration } = compensation.record;
      const before = undoings.get(`${nodePath}${UNDONE} ${iteration}`);
      const next = before && !OPEN_STEPS.has(before.status) ? before : await this.#undo(compensation, before);
      if (!next) return; // left to another worker
      if (next.status === 'failed') failures.push(next.error as Failure);
    }
    await this.#end(failures);
  }

  /** Undoes one step and stores the outcome; undefined when another claim has to go on with it. */
  async #undo(compensation: Compensation, before: StepRecord | undefined): Promise<StepRecord | undefined> {
    const { context, clock } = this.#options;
    if (context.isDraining()) return this.#leave({ type: 'released' });
    if (before?.resumeAt && before.resumeAt > clock.now()) return this.#leave({ type: 'scheduled', runAt: before.resumeAt });
    const begun = beginUndoing(compensation, before, clock);
    if (begun.attempts === 1) this.#options.onStep(begun);
    const outcome = await this.#attempt(compensation, begun, before);
    const kept = outcome && (await this.#keep(outcome));
    if (!kept) return undefined;
    return kept.resumeAt ? this.#leave({ type: 'scheduled', runAt: kept.resumeAt }) : kept;
  }

  async #attempt(compensation: Compensation, begun: StepRecord, before: StepRecord | undefined): Promise<StepRecord | undefined> {
    const { node, record, scope } = compensation;
    const { execution, secrets, policies, effects, limits, clock, plan, context } = this.#options;
    const known = before?.input ?? null;
    const { runner, secrets: names, reads } = node.compensate;
    const isHidden = names.length > 0 || scope.approvals !== undefined;
    let tried = begun;
    const attempted = await attemptStep({
      step: node.compensate,
      execution,
      scope,
      secrets,
      policies,
      effects,
      limits,
      clock,
      stepCount: plan.nodes.size,
      signal: context.signal,
      timeoutMs: node.timeoutMs,
      path: begun.nodePath,
      key: `${begun.nodePath}:${record.iteration}`,
      number: begun.attempts,
      startedAt: begun.startedAt as Date,
      frozen: isHidden ? null : known,
      logger: () => context.logger.child({ node: begun.nodePath }),
      onInput: (input, bytes) => {
        tried = { ...tried, input, bytes };
        // Nothing of the execution runs any more, so all that can change is what has no part in the scope.
        if (known !== null || runner.isPure || reads.isRepeatable) return undefined;
        tried = { ...tried, seq: this.#nextSeq() };
        return this.#append({ steps: [tried] }).then(requireHeld);
      },
    });
    return this.#outcomeOf(compensation, tried, attempted);
  }

  /** Undefined when it was ended from outside. */
  #outcomeOf({ node }: Compensation, tried: StepRecord, attempted: AttemptResult): StepRecord | undefined {
    if (attempted.type === 'aborted') return undefined;
    if (attempted.type === 'done') {
      const bytes = tried.bytes + attempted.outputBytes;
      return { ...tried, ...this.#ended(), status: 'succeeded', output: attempted.result.output, bytes };
    }
    const pause = pauseBeforeRetry(node.retry, attempted.error, tried.attempts);
    if (pause === undefined) return { ...tried, ...this.#ended(), status: 'failed', error: attempted.reason };
    const resumeAt = new Date(this.#options.clock.now().getTime() + pause);
    return { ...tried, status: 'retrying', error: attempted.reason, resumeAt, seq: this.#nextSeq() };
  }

  /** Stores how an undoing stands; one of which the database takes no record has failed. */
  async #keep(outcome: StepRecord): Promise<StepRecord | undefined> {
    try {
      return (await this.#append({ steps: [outcome] })) ? outcome : undefined;
    } catch (error) {
      if (!isRefusal(error, weightOf(outcome))) throw error;
      const failed = withoutContent({ ...outcome, ...this.#ended() }, error);
      return (await this.#append({ steps: [failed] })) ? failed : undefined;
    }
  }

  async #end(failures: readonly Failure[]): Promise<void> {
    const { execution, ending, settings } = this.#options;
    const { id, startedAt, parentId } = execution;
    await this.#append({
      execution: { id, startedAt, status: ending, error: withFailures(execution.error, failures) },
      parentId,
      endsWaits: settings.cancel_on !== undefined,
      job: { type: ending === 'cancelled' ? 'cancelled' : 'succeeded' },
      jobs: ending === 'failed' ? errorWorkflowJobs(execution, settings) : [],
    });
  }

  async #leave(outcome: NonNullable<JournalEntry['job']>): Promise<undefined> {
    const isHeld = await this.#append({ job: outcome });
    if (isHeld && outcome.type === 'scheduled' && outcome.runAt) this.#options.onParked(outcome.runAt);
  }

  #append(entry: Partial<JournalEntry>): Promise<boolean> {
    const { journal, job } = this.#options;
    return journal.append({ lease: job.lease, isRecovery: job.attempts > 1, steps: [], ...entry });
  }

  #nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #ended(): Pick<StepRecord, 'resumeAt' | 'waitsFor' | 'finishedAt' | 'seq'> {
    return { resumeAt: null, waitsFor: null, finishedAt: this.#options.clock.now(), seq: this.#nextSeq() };
  }
}

/** The undoing of a step as it stands when it is tried. */
function beginUndoing({ node, record }: Compensation, before: StepRecord | undefined, clock: Clock): StepRecord {
  return {
    ...record,
    nodePath: `${record.nodePath}${UNDONE}`,
    nodeType: node.compensate.type,
    status: 'running',
    route: null,
    input: before?.input ?? null,
    output: null,
    bytes: before?.bytes ?? 0,
    seen: null,
    attempts: (before?.attempts ?? 0) + 1,
    startedAt: before?.startedAt ?? clock.now(),
    finishedAt: null,
  };
}

function requireHeld(isHeld: boolean): void {
  if (!isHeld) throw new Error('the lease was lost');
}

/** The reason an execution failed for, with what could not be undone. */
function withFailures(reason: Failure | null, failures: readonly Failure[]): Failure | null {
  if (failures.length === 0) return reason;
  const left = `${failures.length} step${failures.length > 1 ? 's' : ''} could not be undone: ${failures[0]?.message}`;
  return { code: 'compensation_failed', ...reason, message: reason ? `${reason.message} ${left}` : left };
}
