import type { Json } from '../../kernel/index.ts';
import type { StepRecord } from '../records/execution.ts';
import { attemptStep, reasonOf } from './attempt.ts';
import type { AttemptResult } from './attempt-options.ts';
import { keyOf } from './frame.ts';
import { type Frozen, freeze } from './frozen.ts';
import { lateness } from './limit.ts';
import type { Start } from './moves.ts';
import type { Recorder } from './recorder.ts';
import type { AtWork, Run } from './run.ts';
import { SHOW_RUNNING_AFTER_MS } from './running.ts';
import { blank } from './step-records.ts';

/** One try of a step, with what is to be stored of it. */
export class StepTry {
  record: StepRecord;
  readonly #run: Run;
  readonly #start: Start;
  readonly #recorder: Recorder;
  readonly #frozen: Frozen;
  readonly #working: AtWork | undefined;
  readonly #showRunning: NodeJS.Timeout | undefined;
  /** In milliseconds; 0 where nobody asks how long it took. */
  readonly #since: number;

  constructor(run: Run, start: Start, recorder: Recorder) {
    const { frame, node } = start;
    this.#run = run;
    this.#start = start;
    this.#recorder = recorder;
    this.#frozen = freeze(frame, node, start.before);
    this.record = beginTry(run, start, this.#frozen);
    if (this.record.attempts === 1) run.options.onStep(this.record);
    // What is over at once needs no timer.
    this.#showRunning = node.runner.isPure ? undefined : setTimeout(() => this.#show(), SHOW_RUNNING_AFTER_MS);
    this.#working = run.work(start, () => this.record);
    this.#since = node.limitMs === undefined ? 0 : performance.now();
  }

  run(): Promise<AttemptResult> {
    const { frame, node } = this.#start;
    const { execution, secrets, policies, effects, limits, clock, plan, context } = this.#run.options;
    const { nodePath, attempts, startedAt } = this.record;
    return attemptStep({
      step: node,
      execution,
      secrets,
      policies,
      effects,
      limits,
      clock,
      scope: this.#frozen.scope,
      frozen: this.#frozen.input,
      startedAt: startedAt as Date,
      stepCount: plan.nodes.size,
      signal: this.#working?.stop.signal ?? this.#run.stop.signal,
      timeoutMs: node.timeoutMs,
      path: nodePath,
      key: keyOf(frame, node),
      number: attempts,
      logger: () => context.logger.child({ node: nodePath }),
      onInput: (input, bytes) => this.#noteInput(input, bytes),
    });
  }

  /** It is over. One that could not be stopped in time has failed. */
  end(attempted: AttemptResult): AttemptResult {
    clearTimeout(this.#showRunning);
    if (this.#working) this.#run.rest(this.#working);
    if (attempted.type !== 'done' || !attempted.isAtOnce) return attempted;
    const late = lateness(this.#start.node, attempted.result, this.#since);
    return late ? { type: 'failed', error: late, reason: reasonOf(late) } : attempted;
  }

  #noteInput(input: Json, bytes: number): Promise<void> | undefined {
    this.#run.takeRoom(bytes - this.record.bytes);
    this.record = { ...this.record, input, bytes };
    return this.#frozen.isStoredFirst ? this.#recorder.storeFirst({ ...this.record, seq: this.#run.nextSeq() }) : undefined;
  }

  #show(): void {
    void this.#recorder.show({ step: { ...this.record, status: 'running', seq: this.#run.nextSeq() } });
  }
}

function beginTry(run: Run, { frame, node, before }: Start, { seen }: Frozen): StepRecord {
  return {
    ...blank(run, frame, node),
    attempts: (before?.attempts ?? 0) + 1,
    startedAt: before?.startedAt ?? run.options.clock.now(),
    input: before?.input ?? null,
    bytes: before?.bytes ?? 0,
    seen,
  };
}
