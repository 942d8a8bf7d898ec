import type { Plan, PlanNode } from '../graph/plan.ts';
import type { Failure, StepRecord } from '../records/execution.ts';
import { OPEN_STEPS } from '../records/status.ts';
import { closeFrame, continueLoop, starve } from './follow.ts';
import { bodyPrefix, type Frame, failedStep, iterationFrame, newLoop } from './frame.ts';
import { type Moves, noMoves } from './moves.ts';
import { endOf } from './routes.ts';
import type { Run } from './run.ts';
import { blank, callOff } from './step-records.ts';

/** Stored steps by the prefix of their paths, then by iteration, then by node id. */
export type Bodies = ReadonlyMap<string, ReadonlyMap<number, Records>>;
type Records = ReadonlyMap<string, StepRecord>;

const NONE: Records = new Map();

/** Takes up where the stored steps end; returns what follows from that. */
export function restore(run: Run, stored: readonly StepRecord[]): Moves {
  const bodies = bodiesOf(run, stored);
  const moves = noMoves();
  restoreFrame(run, run.root, bodies.get('')?.get(0) ?? NONE, bodies, moves);
  return moves;
}

/** Stored steps by where they stand; changes are numbered on behind them. */
export function bodiesOf(run: Run, stored: readonly StepRecord[]): Bodies {
  const bodies = new Map<string, Map<number, Map<string, StepRecord>>>();
  for (const record of stored) {
    run.noteSeq(record.seq);
    const prefix = record.nodePath.slice(0, record.nodePath.lastIndexOf('/') + 1);
    const iterations = bodies.get(prefix) ?? new Map<number, Map<string, StepRecord>>();
    const steps = iterations.get(record.iteration) ?? new Map<string, StepRecord>();
    bodies.set(prefix, iterations.set(record.iteration, steps.set(record.nodePath.slice(prefix.length), record)));
  }
  return bodies;
}

function restoreFrame(run: Run, frame: Frame, records: Records, bodies: Bodies, moves: Moves): void {
  const queue = frame.plan.starts.map((id) => frame.plan.nodes.get(id) as PlanNode);
  const starving: PlanNode[] = [];
  for (const [id, step] of records) if (hasEnded(step)) frame.scope.steps[id] = seenOf(step);
  for (let node = nextOf(queue, frame, records); node; node = nextOf(queue, frame, records)) {
    const step = records.get(node.id);
    // One that lost a race was stored as such with what it lost to.
    if (frame.progress.isLost(node.id) || step?.status === 'cancelled') continue;
    if (step && hasEnded(step)) {
      const { ready, skipped, starved, lost } = frame.progress.finish(node.id, endOf(step));
      for (const other of [...skipped, ...lost]) pass(run, { frame, node: other, record: records.get(other.id), bodies }, moves);
      for (const join of starved) (records.has(join.id) ? queue : starving).push(join);
      queue.push(...ready);
    } else if (step?.status === 'failed') {
      frame.failure ??= { code: 'step_failed', message: 'The step failed.', ...step.error, node: step.nodePath };
    } else if (step?.status === 'running' && node.runner.loop && node.body) {
      restoreLoop(run, { frame, node, record: step, bodies }, moves);
    } else {
      frame.open += 1;
      moves.starts.push({ frame, node, before: step });
    }
  }
  for (const join of starving) {
    frame.open += 1;
    starve(run, frame, join, moves);
  }
  if (frame.open === 0) closeFrame(run, frame, moves);
}

/** Where branches race, ends are taken up in the order they came, and what has not ended after them. */
function nextOf(queue: PlanNode[], { plan }: Frame, records: Records): PlanNode | undefined {
  if (!plan.isRacing || queue.length < 2) return queue.shift();
  const orderOf = ({ id }: PlanNode) => {
    const step = records.get(id);
    return step && hasEnded(step) ? step.seq : Number.POSITIVE_INFINITY;
  };
  const first = queue.reduce((best, node) => (orderOf(node) < orderOf(best) ? node : best));
  queue.splice(queue.indexOf(first), 1);
  return first;
}

function hasEnded({ status, route }: StepRecord): boolean {
  return status === 'succeeded' || (status === 'failed' && route !== null);
}

/** What later steps see of one that has ended. */
function seenOf({ status, output, error }: StepRecord): Frame['scope']['steps'][string] {
  return status === 'failed' ? failedStep(error as Failure) : { output };
}

interface Restored<Stored = StepRecord> {
  readonly frame: Frame;
  readonly node: PlanNode;
  readonly record: Stored;
  readonly bodies: Bodies;
}

/** A node will not run. It is stored as such already, unless this is a replay, or it lost to what was stored before losers were cancelled. */
function pass(run: Run, { frame, node, record, bodies }: Restored<StepRecord | undefined>, moves: Moves): void {
  if (!record) moves.records.push({ ...blank(run, frame, node), status: 'skipped', seq: run.nextSeq() });
  else if (OPEN_STEPS.has(record.status)) {
    callOff(run, record, moves);
    const within = bodyPrefix(frame, node.id);
    const steps = [...bodies].flatMap(([prefix, iterations]) =>
      prefix.startsWith(within) ? [...iterations.values()].flatMap((records) => [...records.values()]) : [],
    );
    for (const step of steps) if (OPEN_STEPS.has(step.status)) callOff(run, step, moves);
  }
}

/** Takes up a loop with what is stored of it. */
export function restoreLoop(run: Run, { frame, node, record, bodies }: Restored, moves: Moves): void {
  const loop = newLoop(frame, node, record);
  loop.isRestoring = true;
  const later: ((moves: Moves) => void)[] = [];
  frame.open += 1;
  run.enterLoop(loop, later);
  const stored = bodies.get(bodyPrefix(frame, node.id));
  let last = -1;
  for (const iteration of stored?.keys() ?? []) last = Math.max(last, iteration);
  for (; loop.next <= last && !loop.failure; loop.next += 1) {
    const index = loop.next;
    const records = stored?.get(index) ?? NONE;
    const takeUp = (into: Moves) => {
      const inner = iterationFrame(loop, index);
      loop.frames.set(index, inner);
      restoreFrame(run, inner, records, bodies, into);
    };
    // Of items that are to run again there may be more than may be in flight at once.
    if (loop.frames.size < loop.runner.concurrency || isOver(loop.node.body, records)) takeUp(moves);
    else later.push(takeUp);
  }
  loop.isRestoring = false;
  continueLoop(run, loop, moves);
}

/** Whether all of an item has ended, or it has failed. */
function isOver(body: Plan, records: Records): boolean {
  const steps = [...body.nodes.keys()].map((id) => records.get(id));
  if (steps.some((step) => step?.status === 'failed' && step.route === null)) return true;
  return steps.every((step) => step && !OPEN_STEPS.has(step.status));
}
