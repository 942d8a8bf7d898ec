import type { Json, JsonObject } from '../../kernel/index.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import { createProgress, type Progress } from '../graph/progress.ts';
import type { Failure, GrowingScope, StepRecord } from '../records/execution.ts';
import type { LoopRunner } from '../steps/step-runner.ts';
import { lazyLinks } from './approval-scope.ts';

/** Makes the link by which a step is decided. @param key node path and iteration */
export type LinkOf = (key: string) => string;

/** One walk through a graph: that of the execution itself, or one iteration of a loop's body. */
export interface Frame {
  readonly plan: Plan;
  /** Stands before the node's id in the path of its steps; empty for the execution's own graph. */
  readonly prefix: string;
  readonly iteration: number;
  readonly scope: GrowingScope;
  readonly progress: Progress;
  /** The link by which a step is decided, by its key. */
  readonly linkOf: LinkOf;
  /** The loop whose iteration this is. */
  readonly loop: Loop | undefined;
  /** Nodes that were started and have not ended, parked ones included. */
  open: number;
  failure: Failure | undefined;
}

/** A loop in flight. */
export interface Loop {
  /** Where the loop itself stands. */
  readonly frame: Frame;
  readonly node: PlanNode & { readonly body: Plan };
  readonly runner: LoopRunner;
  /** The stored step of the loop. */
  readonly record: StepRecord;
  readonly results: Json[];
  readonly frames: Map<number, Frame>;
  /** Index of the next iteration to start. */
  next: number;
  failure: Failure | undefined;
  /** Iterations that failed it or were given up with it. */
  readonly unfinished: number[];
  /** Whether iterations of earlier claims are still being taken up. */
  isRestoring: boolean;
}

/** @param record the stored step of the loop, whose input says what it goes over */
export function newLoop(frame: Frame, node: PlanNode, record: StepRecord): Loop {
  const looping = node as Loop['node'];
  const runner = looping.runner.loop as LoopRunner;
  return {
    frame,
    node: looping,
    runner,
    record,
    results: [],
    frames: new Map(),
    next: 0,
    failure: undefined,
    unfinished: [],
    isRestoring: false,
  };
}

export function rootFrame(plan: Plan, scope: GrowingScope, linkOf: LinkOf): Frame {
  const place = { plan, prefix: '', iteration: 0, linkOf };
  return {
    ...place,
    scope: withLinks(scope, place),
    progress: createProgress(plan),
    loop: undefined,
    open: 0,
    failure: undefined,
  };
}

/** The frame of one iteration: its steps see what the loop sees, and what varies. */
export function iterationFrame(loop: Loop, index: number): Frame {
  const { frame, node, runner, record } = loop;
  const variables = runner.variables(
    record.input,
    index,
    loop.results.at(runner.keepsResults ? index - 1 : -1) ?? null,
    loop.results,
  );
  const place = { plan: node.body, prefix: bodyPrefix(frame, node.id), iteration: index, linkOf: frame.linkOf };
  // What a loop within this one hides is in reach by the name of its loop.
  const loops = { ...(frame.scope.loops as JsonObject | undefined), [node.id]: variables };
  const scope = { ...frame.scope, ...variables, loops, steps: withoutOwn(frame.scope.steps, node.body) };
  return {
    ...place,
    scope: withLinks(scope, place),
    progress: createProgress(node.body),
    loop,
    open: 0,
    failure: undefined,
  };
}

/** Where people decide, templates see the links: those of this walk beside those of what it lies in. */
function withLinks(scope: GrowingScope, place: Pick<Frame, 'plan' | 'prefix' | 'iteration' | 'linkOf'>): GrowingScope {
  if (place.plan.approvals.length === 0) return scope;
  const urlOf = (id: string) => place.linkOf(keyOf(place, { id }));
  return { ...scope, approvals: lazyLinks(place.plan.approvals, urlOf, scope.approvals as JsonObject | undefined) };
}

/** A step of the body hides one outside that has the same id, from the start. */
function withoutOwn(steps: GrowingScope['steps'], body: Plan): GrowingScope['steps'] {
  const seen = { ...steps };
  for (const id of body.nodes.keys()) delete seen[id];
  return seen;
}

/**
 * What stands before the ids of a loop's steps: `loop/`, and for a loop within another `outer/inner:2/`, the iteration of
 * the outer one included, since a step has but one number of its own.
 */
export function bodyPrefix({ prefix, iteration, loop }: Pick<Frame, 'prefix' | 'iteration' | 'loop'>, nodeId: string): string {
  return `${prefix}${nodeId}${loop ? `:${iteration}` : ''}/`;
}

/** Names a step of an execution, its iteration included. */
export function keyOf(frame: Pick<Frame, 'prefix' | 'iteration'>, node: Pick<PlanNode, 'id'>): string {
  return `${frame.prefix}${node.id}:${frame.iteration}`;
}

/** Whether a frame is of an iteration of a loop or lies within one. */
export function isOfLoop(frame: Frame, outer: Loop): boolean {
  for (let { loop } = frame; loop; loop = loop.frame.loop) if (loop === outer) return true;
  return false;
}

/** Whether a frame is another one or lies within it. */
export function isWithin(frame: Frame, outer: Frame): boolean {
  for (let at: Frame | undefined = frame; at; at = at.loop?.frame) if (at === outer) return true;
  return false;
}

/** The output of the one last step, or of each by node id when there are several. */
export function outputOf({ plan, scope }: Pick<Frame, 'plan' | 'scope'>): Json {
  const last = plan.ends.filter((id) => Object.hasOwn(scope.steps, id));
  if (last.length === 1) return scope.steps[last[0] as string]?.output ?? null;
  return Object.fromEntries(last.map((id) => [id, scope.steps[id]?.output ?? null]));
}

/** What later steps see of one that failed and was passed over. */
export function failedStep(failure: Failure): { output: Json; error: JsonObject } {
  return { output: null, error: { code: failure.code, message: failure.message } };
}
