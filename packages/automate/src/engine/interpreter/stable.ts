import type { Plan, PlanNode } from '../graph/plan.ts';
import { reach, sourcesOf, targetsOf } from '../graph/reach.ts';
import type { Frame } from './frame.ts';

/**
 * Whether every try of a step would make the same input of what is stored, whoever makes it and when: then it need not be stored
 * before the step acts.
 */
export function isStable(frame: Frame, node: PlanNode): boolean {
  const known = decided.get(node);
  if (known !== undefined) return known;
  const isSo = node.reads.isRepeatable && !canSeeMore(frame, node);
  decided.set(node, isSo);
  return isSo;
}

const decided = new WeakMap<PlanNode, boolean>();

/** Whether steps may end while this one is tried whose outputs it reads. */
function canSeeMore(frame: Frame, node: PlanNode): boolean {
  const { steps } = node.reads;
  if (steps?.size === 0) return false;
  const own = new Set<string>();
  for (let at: { frame: Frame; node: PlanNode } | undefined = { frame, node }; at; at = at.frame.loop) {
    for (const id of besides(at.frame.plan, at.node)) {
      if (!own.has(id) && (!steps || steps.has(id))) return true;
    }
    // A step of a body hides one outside that has the same id.
    for (const id of at.frame.plan.nodes.keys()) own.add(id);
  }
  return false;
}

/** The nodes that may end while this one is in flight. */
function* besides(plan: Plan, node: PlanNode): Generator<string> {
  const before = reach(node.id, sourcesOf(plan));
  const behind = reach(node.id, targetsOf(plan));
  // Behind a join that does not wait for all, a step that leads here may still be in flight.
  const isEarly = [...before].some((id) => {
    const { join = 'all', incoming = 0 } = plan.nodes.get(id) ?? {};
    return join !== 'all' && incoming > 1;
  });
  for (const id of plan.nodes.keys()) {
    if (!behind.has(id) && (isEarly || !before.has(id))) yield id;
  }
}
