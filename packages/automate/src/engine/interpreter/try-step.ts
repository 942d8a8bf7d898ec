import type { StepRecord } from '../records/execution.ts';
import { attemptStep, reasonOf } from './attempt.ts';
import type { AttemptResult } from './attempt-options.ts';
import { keyOf } from './frame.ts';
import { type Frozen, freeze } from './frozen.ts';
import { lateness } from './limit.ts';
import type { Start } from './moves.ts';
import type { Recorder } from './recorder.ts';
import type { Run } from './run.ts';
import { SHOW_RUNNING_AFTER_MS } from './running.ts';
import { blank } from './step-records.ts';

/** Tries a step once, and says what came of it, with what is to be stored of the try. */
export async function tryStep(
  run: Run,
  start: Start,
  recorder: Recorder,
): Promise<{ readonly record: StepRecord; readonly attempted: AttemptResult }> {
  const { frame, node } = start;
  const { options } = run;
  const frozen = freeze(frame, node, start.before);
  let record = beginTry(run, start, frozen);
  if (record.attempts === 1) options.onStep(record);
  // What is over at once needs no timer.
  const showRunning = node.runner.isPure
    ? undefined
    : setTimeout(() => void recorder.show({ step: { ...record, status: 'running', seq: run.nextSeq() } }), SHOW_RUNNING_AFTER_MS);
  const working = run.work(start, () => record);
  const since = node.limitMs === undefined ? 0 : performance.now();
  const { execution, secrets, policies, effects, limits, clock } = options;
  const attempted = await attemptStep({
    step: node,
    execution,
    secrets,
    policies,
    effects,
    limits,
    clock,
    scope: frozen.scope,
    frozen: frozen.input,
    startedAt: record.startedAt as Date,
    stepCount: options.plan.nodes.size,
    signal: working?.stop.signal ?? run.stop.signal,
    timeoutMs: node.timeoutMs,
    path: record.nodePath,
    key: keyOf(frame, node),
    number: record.attempts,
    logger: () => options.context.logger.child({ node: record.nodePath }),
    onInput(input, bytes) {
      run.takeRoom(bytes - record.bytes);
      record = { ...record, input, bytes };
      return frozen.isStoredFirst ? recorder.storeFirst({ ...record, seq: run.nextSeq() }) : undefined;
    },
  });
  clearTimeout(showRunning);
  if (working) run.rest(working);
  const late = attempted.type === 'done' && attempted.isAtOnce ? lateness(node, attempted.result, since) : undefined;
  return { record, attempted: late ? { type: 'failed', error: late, reason: reasonOf(late) } : attempted };
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
