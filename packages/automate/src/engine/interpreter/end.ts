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
  const { job, context, execution, ending, plan, settings, stored, clock } = options;
  let seq = stored.reduce((highest, step) => Math.max(highest, step.seq), execution.statusSeq);
  const showing = setTimeout(
    () => void append({ isRecovery: false, execution: shownAsRunning(execution, ++seq) }).catch(() => undefined),
    SHOW_RUNNING_AFTER_MS,
  );
  await end().finally(() => clearTimeout(showing));

  async function end(): Promise<void> {
    const left = stored.filter((step) => OPEN_STEPS.has(step.status) && !isUndoing(step));
    const steps = left.map((step): StepRecord => ({ ...step, ...ended(), status: 'cancelled' }));
    if (!(await append({ steps, cancelsChildren: true }))) return;

    const undoings = new Map(stored.filter(isUndoing).map((step) => [`${step.nodePath} ${step.iteration}`, step]));
    const failures: Failure[] = [];
    for (const compensation of compensations(execution, plan, stored, options.linkOf)) {
      const { nodePath, iteration } = compensation.record;
      const before = undoings.get(`${nodePath}${UNDONE} ${iteration}`);
      const next = before && !OPEN_STEPS.has(before.status) ? before : await undo(compensation, before);
      if (!next) return; // left to another worker
      if (next.status === 'failed') failures.push(next.error as Failure);
    }
    await append({
      execution: {
        id: execution.id,
        startedAt: execution.startedAt,
        status: ending,
        error: withFailures(execution.error, failures),
      },
      parentId: execution.parentId,
      endsWaits: settings.cancel_on !== undefined,
      job: { type: ending === 'cancelled' ? 'cancelled' : 'succeeded' },
      jobs: ending === 'failed' ? errorWorkflowJobs(execution, settings) : [],
    });
  }

  /** Undoes one step and stores the outcome; undefined when another claim has to go on with it. */
  async function undo(compensation: Compensation, before: StepRecord | undefined): Promise<StepRecord | undefined> {
    if (context.isDraining()) return leave({ type: 'released' });
    if (before?.resumeAt && before.resumeAt > clock.now()) return leave({ type: 'scheduled', runAt: before.resumeAt });
    const outcome = await attemptUndo(compensation, before);
    const kept = outcome && (await keep(outcome));
    if (!kept) return undefined;
    return kept.resumeAt ? leave({ type: 'scheduled', runAt: kept.resumeAt }) : kept;
  }

  /** Stores how an undoing stands; one of which the database takes no record has failed. */
  async function keep(outcome: StepRecord): Promise<StepRecord | undefined> {
    try {
      return (await append({ steps: [outcome] })) ? outcome : undefined;
    } catch (error) {
      if (!isRefusal(error, weightOf(outcome))) throw error;
      const failed = withoutContent({ ...outcome, ...ended() }, error);
      return (await append({ steps: [failed] })) ? failed : undefined;
    }
  }

  async function attemptUndo(
    { node, record, scope }: Compensation,
    before: StepRecord | undefined,
  ): Promise<StepRecord | undefined> {
    const tries = (before?.attempts ?? 0) + 1;
    const startedAt = before?.startedAt ?? clock.now();
    const known = before?.input ?? null;
    const { runner, secrets, reads } = node.compensate;
    const isHidden = secrets.length > 0 || scope.approvals !== undefined;
    let begun: StepRecord = {
      ...record,
      nodePath: `${record.nodePath}${UNDONE}`,
      nodeType: node.compensate.type,
      status: 'running',
      route: null,
      input: known,
      output: null,
      bytes: before?.bytes ?? 0,
      seen: null,
      attempts: tries,
      startedAt,
      finishedAt: null,
    };
    if (tries === 1) options.onStep(begun);
    const attempted = await attemptStep({
      step: node.compensate,
      execution,
      scope,
      secrets: options.secrets,
      policies: options.policies,
      effects: options.effects,
      limits: options.limits,
      stepCount: plan.nodes.size,
      signal: context.signal,
      timeoutMs: node.timeoutMs,
      path: begun.nodePath,
      key: `${begun.nodePath}:${record.iteration}`,
      number: tries,
      startedAt,
      frozen: isHidden ? null : known,
      clock,
      logger: () => context.logger.child({ node: begun.nodePath }),
      onInput(input, bytes) {
        begun = { ...begun, input, bytes };
        // Nothing of the execution runs any more, so all that can change is what has no part in the scope.
        if (known !== null || runner.isPure || reads.isRepeatable) return undefined;
        begun = { ...begun, seq: ++seq };
        return append({ steps: [begun] }).then(requireHeld);
      },
    });
    if (attempted.type === 'aborted') return undefined;
    if (attempted.type === 'done')
      return {
        ...begun,
        ...ended(),
        status: 'succeeded',
        output: attempted.result.output,
        bytes: begun.bytes + attempted.outputBytes,
      };
    const pause = pauseBeforeRetry(node.retry, attempted.error, tries);
    if (pause === undefined) return { ...begun, ...ended(), status: 'failed', error: attempted.reason };
    return {
      ...begun,
      status: 'retrying',
      error: attempted.reason,
      resumeAt: new Date(clock.now().getTime() + pause),
      seq: ++seq,
    };
  }

  async function leave(outcome: NonNullable<JournalEntry['job']>): Promise<undefined> {
    const isHeld = await append({ job: outcome });
    if (isHeld && outcome.type === 'scheduled' && outcome.runAt) options.onParked(outcome.runAt);
  }

  function append(entry: Partial<JournalEntry>): Promise<boolean> {
    return options.journal.append({ lease: job.lease, isRecovery: job.attempts > 1, steps: [], ...entry });
  }

  function ended(): Pick<StepRecord, 'resumeAt' | 'waitsFor' | 'finishedAt' | 'seq'> {
    return { resumeAt: null, waitsFor: null, finishedAt: clock.now(), seq: ++seq };
  }
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
