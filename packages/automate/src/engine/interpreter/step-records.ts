import type { PlanNode } from '../graph/plan.ts';
import { childStepOf } from '../journal/children.ts';
import type { StepRecord } from '../records/execution.ts';
import type { Frame } from './frame.ts';
import type { Moves } from './moves.ts';
import type { Run } from './run.ts';

/** A step does not end by itself, and the execution that it waits for is not needed any more. */
export function callOff(run: Run, record: StepRecord, moves: Moves): void {
  moves.records.push(ended(run, record, { status: 'cancelled', route: null, error: record.error }));
  closeChild(record, moves);
}

/** Nobody waits any more for the execution that a step has waited for, if it has. */
export function closeChild({ waitsFor }: StepRecord, moves: Moves): void {
  const step = childStepOf(waitsFor);
  if (step === undefined) return;
  moves.closes ??= [];
  moves.closes.push(step);
}

/** A step that ends now. */
export function ended(
  run: Run,
  record: StepRecord,
  { status, route, error }: Pick<StepRecord, 'status' | 'route' | 'error'>,
): StepRecord {
  const finishedAt = run.options.clock.now();
  return { ...record, status, route, error, resumeAt: null, waitsFor: null, finishedAt, seq: run.nextSeq() };
}

/** A step of which nothing is known yet. */
export function blank(run: Run, frame: Frame, node: PlanNode): StepRecord {
  return {
    executionId: run.options.execution.id,
    tenantId: run.options.execution.tenantId,
    nodePath: `${frame.prefix}${node.id}`,
    iteration: frame.iteration,
    seq: 0,
    nodeType: node.type,
    status: 'running',
    route: null,
    input: null,
    output: null,
    bytes: 0,
    seen: null,
    error: null,
    attempts: 0,
    resumeAt: null,
    waitsFor: null,
    startedAt: null,
    finishedAt: null,
  };
}
