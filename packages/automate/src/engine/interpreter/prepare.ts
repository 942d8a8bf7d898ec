import { AppError } from '../../kernel/index.ts';
import { childSignal } from '../journal/children.ts';
import type { EmittedEvent } from '../journal/emitter.ts';
import type { StartedExecution } from '../journal/start.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepResult } from '../steps/step-result.ts';
import { keyOf } from './frame.ts';
import { type Moves, noMoves, type Place, type Tried } from './moves.ts';
import { succeed, waitOn } from './outcome.ts';
import type { Run } from './run.ts';

/** What a step makes beside its output: it exists if and only if the step is stored as having made it. */
export type Made = { readonly child: StartedExecution } | { readonly event: EmittedEvent };

/** Whether something has to be known beforehand, or nothing. */
export function makesSomething({ starts, emits }: StepResult): boolean {
  return starts !== undefined || emits !== undefined;
}

/** @throws StepError, AppError when that cannot be; anything else when nobody can say whether it can */
export async function prepare(run: Run, { frame, node }: Place, { starts, emits }: StepResult): Promise<Made> {
  const { children, emitter, execution } = run.options;
  if (starts) return { child: await children.prepare(execution, starts, keyOf(frame, node)) };
  if (emits) return { event: await emitter.prepare(execution, emits) };
  throw new Error('the step makes nothing');
}

/** Without a database nobody can say whether it may go on: the execution is tried again. */
export function isOutage(error: unknown): boolean {
  return !(error instanceof StepError) && (!AppError.is(error) || error.status >= 500);
}

export function settleMade(run: Run, { frame, node, record }: Tried, made: Made): Moves {
  if ('event' in made) {
    const done = { ...record, output: { event_id: made.event.id } };
    return succeed(run, { frame, node, record: done }, { ...noMoves(), emitted: [made.event] });
  }
  const { child } = made;
  const moves = noMoves();
  moves.children.push(child);
  run.hasChildren = true;
  const done = { ...record, output: { execution_id: child.id } };
  if (!child.parentStep) return succeed(run, { frame, node, record: done }, moves);
  return waitOn(run, { frame, node, record: { ...done, waitsFor: childSignal(child.parentStep) } }, moves);
}
