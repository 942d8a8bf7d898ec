import type { Policies, Secrets } from '../../governance/index.ts';
import { backoffMs, type ClaimedJob, type JobContext, type JobOutcome } from '../../jobs/index.ts';
import { AppError, errorMessage, type Json, toStorableJson } from '../../kernel/index.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import { createProgress } from '../graph/progress.ts';
import { openSecrets, type StepSecrets } from '../steps/step-secrets.ts';
import { StepError, type StepResult } from '../steps/step-type.ts';
import type { ExecutionChange } from './execution.store.ts';
import { createScope, type Failure, type LoadedExecution, type StepRecord } from './execution.ts';
import type { Journal } from './journal.ts';

/** Tries of a step whose failure may pass. */
const MAXIMUM_ATTEMPTS = 4;
const NO_HOSTS: readonly (readonly string[])[] = [];
/** A step that runs longer than this is shown as running before it ends. */
const SHOW_RUNNING_AFTER_MS = 250;

export interface InterpretOptions {
  readonly job: ClaimedJob;
  readonly context: JobContext;
  readonly execution: LoadedExecution;
  readonly plan: Plan;
  /** What an earlier claim has stored. */
  readonly stored: readonly StepRecord[];
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly policies: Pick<Policies, 'requireStep'>;
  /** Told when the execution was parked until then. */
  onParked(until: Date): void;
}

/**
 * Runs an execution until it ends, or until all that is left to do is to wait: then the job is scheduled for that time
 * and nothing stays in memory. Every outcome of a step is on disk before a successor starts, so after a crash the next
 * claim goes on behind the last finished step.
 */
export function interpret(options: InterpretOptions): Promise<void> {
  const { job, context, execution, plan, journal } = options;
  const progress = createProgress(plan);
  const scope = createScope(execution);
  /** Steps that wait for a time, and what to do then. */
  const parked = new Map<string, { at: Date; record: StepRecord; resume: () => void }>();
  let seq = options.stored.reduce((highest, step) => Math.max(highest, step.seq), 0);
  /** Steps in hand, including those whose outcome is being stored. */
  let active = 0;
  let failure: Failure | undefined;
  /** Whether something could have started but was left to another worker. */
  let isHeldBack = false;
  let timer: NodeJS.Timeout | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  context.signal.addEventListener('abort', () => end(), { once: true });

  restore();
  return promise.finally(() => clearTimeout(timer));

  /** Takes up where the stored steps end. */
  function restore(): void {
    const byNode = new Map(options.stored.map((step) => [step.nodePath, step]));
    const queue = plan.starts.map(nodeOf);
    const open: PlanNode[] = [];
    for (let node = queue.shift(); node; node = queue.shift()) {
      const step = byNode.get(node.id);
      if (step?.status === 'succeeded') {
        scope.steps[node.id] = { output: step.output };
        queue.push(...progress.finish(node.id, step.route ?? undefined).ready);
      } else if (step?.status === 'failed') {
        failure = { ...(step.error ?? { code: 'step_failed', message: 'The step failed.' }), node: node.id };
      } else {
        open.push(node);
      }
    }
    active = open.length;
    for (const node of open) launch(node, byNode.get(node.id));
    if (open.length === 0) void store([], 0);
  }

  function launch(node: PlanNode, before?: StepRecord): void {
    const attempts = before?.attempts ?? 0;
    if (before?.resumeAt && before.resumeAt.getTime() > Date.now()) {
      active -= 1;
      park(node, before.resumeAt, before);
      if (active === 0) void store([], 0);
    } else if (before?.status === 'waiting') {
      void complete(node, { ...before, status: 'succeeded', finishedAt: new Date() });
    } else {
      void attempt(node, attempts + 1, before?.startedAt ?? new Date());
    }
  }

  async function attempt(node: PlanNode, number: number, startedAt: Date): Promise<void> {
    if (failure || context.isDraining()) {
      isHeldBack ||= !failure;
      await store([], 1);
      return;
    }
    let record = blank(node, number, startedAt);
    const showRunning = setTimeout(() => void journalStep({ ...record, status: 'running', seq: ++seq }), SHOW_RUNNING_AFTER_MS);
    let opened: StepSecrets | undefined;
    try {
      const asked = options.policies.requireStep(execution.tenantId, node.type, plan.nodes.size);
      if (asked) await asked;
      if (node.secrets.length > 0)
        opened = await openSecrets(options.secrets, { tenantId: execution.tenantId, names: node.secrets, scope });
      const input = node.runner.input(opened?.scope ?? scope);
      // Rendered once more, since a filter may turn a value into something that nobody would recognise.
      record = { ...record, input: opened ? node.runner.input(opened.shownScope) : input };
      const pending = node.runner.run(input, {
        scope: opened?.scope ?? scope,
        secretHosts: opened?.hosts ?? NO_HOSTS,
        signal: context.signal,
        idempotencyKey: `${execution.id}:${node.id}:0`,
        traceId: execution.traceId,
        tenantId: execution.tenantId,
        attempt: number,
        // Few steps log, and a logger of their own costs more than the rest of this.
        get logger() {
          return context.logger.child({ node: node.id });
        },
      });
      const result = pending instanceof Promise ? await pending : pending;
      clearTimeout(showRunning);
      if (context.signal.aborted) return;
      await settleResult(node, record, opened ? { ...result, output: opened.hide(toStorableJson(result.output)) } : result);
    } catch (error) {
      clearTimeout(showRunning);
      if (context.signal.aborted) return;
      await settleError(node, record, error, opened);
    }
  }

  async function settleResult(node: PlanNode, record: StepRecord, result: StepResult): Promise<void> {
    const done: StepRecord = { ...record, output: toStorableJson(result.output), route: result.route ?? null };
    if (result.resumeAt && result.resumeAt.getTime() > Date.now()) {
      const waiting: StepRecord = { ...done, status: 'waiting', resumeAt: result.resumeAt, seq: ++seq };
      park(node, result.resumeAt, waiting);
      await store([waiting], 1);
    } else {
      await complete(node, { ...done, status: 'succeeded', finishedAt: new Date() });
    }
  }

  async function settleError(node: PlanNode, record: StepRecord, error: unknown, opened?: StepSecrets): Promise<void> {
    const reason = {
      code: AppError.is(error) ? error.code : 'step_error',
      message: opened ? opened.hide(errorMessage(error)) : errorMessage(error),
    };
    const isRetryable = error instanceof StepError && error.isRetryable && record.attempts < MAXIMUM_ATTEMPTS;
    if (isRetryable) {
      const resumeAt = new Date(Date.now() + backoffMs(record.attempts));
      const retrying: StepRecord = { ...record, status: 'retrying', error: reason, resumeAt, seq: ++seq };
      park(node, resumeAt, retrying);
      await store([retrying], 1);
    } else {
      failure ??= { ...reason, node: node.id };
      await store([{ ...record, status: 'failed', error: reason, finishedAt: new Date(), seq: ++seq }], 1);
    }
  }

  /** Stores a finished step together with what its end decides, then starts what has become ready. */
  async function complete(node: PlanNode, record: StepRecord): Promise<void> {
    scope.steps[node.id] = { output: record.output };
    const { ready, skipped } = progress.finish(node.id, record.route ?? undefined);
    const finished = { ...record, resumeAt: null, error: null, seq: ++seq };
    const skips = skipped.map((skip) => ({ ...blank(skip, 0, null), status: 'skipped' as const, seq: ++seq }));
    const next = failure || context.isDraining() ? [] : ready;
    isHeldBack ||= next.length < ready.length;
    const isStored = await store([finished, ...skips], 1, next.length);
    if (isStored) for (const successor of next) void attempt(successor, 1, new Date());
  }

  /** Writes; when nothing is left in hand, the same write also ends, parks or gives back the execution. */
  async function store(steps: readonly StepRecord[], finishedCount: number, startingCount = 0): Promise<boolean> {
    active += startingCount - finishedCount;
    const closing = active === 0 ? close() : undefined;
    if (steps.length === 0 && !closing) return true;
    try {
      const all = closing ? [...steps, ...abandoned()] : steps;
      const isHeld = await journal.append({ lease: job.lease, isRecovery: job.attempts > 1, steps: all, ...closing });
      if (!isHeld) context.logger.warn('lease lost, another worker has this execution');
      if (closing || !isHeld) end();
      return isHeld;
    } catch (error) {
      reject(error);
      return false;
    }
  }

  function close(): { execution: ExecutionChange; job: JobOutcome } {
    clearTimeout(timer);
    if (failure) return { execution: { id: execution.id, status: 'failed', error: failure }, job: { type: 'succeeded' } };
    if (progress.remaining() === 0) {
      return {
        execution: { id: execution.id, status: 'succeeded', output: outputOf(plan, scope.steps) },
        job: { type: 'succeeded' },
      };
    }
    if (isHeldBack || parked.size === 0) return { execution: { id: execution.id, status: 'queued' }, job: { type: 'released' } };
    const runAt = nextDue();
    options.onParked(runAt);
    return { execution: { id: execution.id, status: 'waiting' }, job: { type: 'scheduled', runAt } };
  }

  /** Steps that still wait when another one has failed the execution. */
  function abandoned(): StepRecord[] {
    if (!failure) return [];
    return [...parked.values()].map(({ record }) => ({
      ...record,
      status: 'cancelled',
      resumeAt: null,
      finishedAt: new Date(),
      seq: ++seq,
    }));
  }

  function park(node: PlanNode, at: Date, record: StepRecord): void {
    parked.set(node.id, {
      at,
      record,
      resume: () => {
        active += 1;
        launch(node, { ...record, resumeAt: null });
      },
    });
    armTimer();
  }

  /** While other branches run, a branch that waits is woken here rather than by a new claim. */
  function armTimer(): void {
    clearTimeout(timer);
    if (parked.size === 0) return;
    timer = setTimeout(
      () => {
        for (const [id, { at, resume }] of parked) {
          if (at.getTime() > Date.now()) continue;
          parked.delete(id);
          resume();
        }
        armTimer();
      },
      Math.min(Math.max(nextDue().getTime() - Date.now(), 0), 2_147_483_647),
    );
  }

  function nextDue(): Date {
    return new Date(Math.min(...[...parked.values()].map(({ at }) => at.getTime())));
  }

  async function journalStep(record: StepRecord): Promise<void> {
    await journal.append({ lease: job.lease, isRecovery: false, steps: [record] }).catch(() => undefined);
  }

  function end(): void {
    clearTimeout(timer);
    resolve();
  }

  function nodeOf(id: string): PlanNode {
    return plan.nodes.get(id) as PlanNode;
  }

  function blank(node: PlanNode, attempts: number, startedAt: Date | null): StepRecord {
    return {
      executionId: execution.id,
      tenantId: execution.tenantId,
      nodePath: node.id,
      iteration: 0,
      seq: 0,
      nodeType: node.type,
      status: 'running',
      route: null,
      input: null,
      output: null,
      error: null,
      attempts,
      resumeAt: null,
      startedAt,
      finishedAt: null,
    };
  }
}

/** The output of the one last step, or of each by node id when there are several. */
function outputOf(plan: Plan, steps: Readonly<Record<string, { output: Json }>>): Json {
  const last = [...plan.nodes.values()].filter((node) => node.outgoing.length === 0 && Object.hasOwn(steps, node.id));
  if (last.length === 1) return steps[last[0]?.id ?? '']?.output ?? null;
  return Object.fromEntries(last.map((node) => [node.id, steps[node.id]?.output ?? null]));
}
