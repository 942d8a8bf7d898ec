import { ERROR_ROUTE } from '../steps/error-route.ts';
import type { Plan, PlanNode } from './plan.ts';
import { feedersOf } from './races.ts';

/** How a node ended: by a route or none, stopped, failed so that only `error` edges are taken, or lost with its branch. */
export type NodeEnd = { readonly route: string | undefined } | 'stopped' | 'failed' | 'lost';

/** What follows from the end of a node. */
export interface Following {
  readonly ready: PlanNode[];
  readonly skipped: PlanNode[];
  /** Joins that waited for a success, of which there can be none any more. */
  readonly starved: PlanNode[];
  /** Nodes that were ready before and have lost a race: they end here, whatever they come to. */
  readonly lost: PlanNode[];
}

/** Which nodes may start and which will never run, as the others are decided. */
export interface Progress {
  /** Records that a node ended. Returns what follows from that. */
  finish(nodeId: string, end: NodeEnd): Following;
  /** Nodes that no one has decided yet. */
  remaining(): number;
  /** Whether an edge to the node was taken. */
  isTaken(nodeId: string): boolean;
  /** Whether the node has lost a race, so that its end does not count. */
  isLost(nodeId: string): boolean;
}

/** The nodes of a graph in which joins cancel their losers: those that may run or have, and those that are decided. */
interface Race {
  readonly begun: Set<string>;
  readonly decided: Set<string>;
  readonly lost: Set<string>;
}

/**
 * Follows one execution through its graph. A node is ready once all its incoming edges are decided and at least one was
 * taken, or, for another join, at the first that is taken; when none was, it is skipped and so, in turn, are its own edges.
 * A join that cancels its losers decides all that leads only to it in the moment it is ready, in whatever order ends are told.
 */
export function createProgress(plan: Plan): Progress {
  const undecided = new Map<string, number>();
  const isTaken = new Set<string>();
  /** Nodes that lost branches lead to. */
  const isHurt = new Set<string>();
  const race: Race | undefined = plan.isRacing ? { begun: new Set(plan.starts), decided: new Set(), lost: new Set() } : undefined;
  let remaining = plan.nodes.size;
  for (const node of plan.nodes.values()) undecided.set(node.id, node.incoming);

  return {
    finish(nodeId, end) {
      const following: Following = { ready: [], skipped: [], starved: [], lost: [] };
      const queue: { node: PlanNode; end: NodeEnd }[] = [{ node: node(nodeId), end }];
      race?.decided.add(nodeId);
      for (let step = queue.shift(); step; step = queue.shift()) {
        remaining -= 1;
        for (const { target, condition } of step.node.outgoing) {
          if (race?.decided.has(target)) continue;
          const next = node(target);
          const left = (undecided.get(target) ?? 1) - 1;
          undecided.set(target, left);
          if (step.end === 'lost') isHurt.add(target);
          if (takes(step, condition)) {
            const isFirst = !isTaken.has(target);
            isTaken.add(target);
            if (next.join === 'all' ? left === 0 : isFirst) ready(next, following, queue);
          } else if (left === 0 && isTaken.has(target)) {
            if (next.join === 'all') ready(next, following, queue);
          } else if (left === 0 && next.join === 'first_success' && isHurt.has(target)) {
            following.starved.push(next);
            race?.begun.add(target);
          } else if (left === 0) {
            following.skipped.push(next);
            queue.push({ node: next, end: isHurt.has(target) ? 'lost' : 'stopped' });
            race?.decided.add(target);
          }
        }
      }
      return following;
    },
    remaining: () => remaining,
    isTaken: (id) => isTaken.has(id),
    isLost: (id) => race?.lost.has(id) === true,
  };

  function ready(next: PlanNode, following: Following, queue: { node: PlanNode; end: NodeEnd }[]): void {
    following.ready.push(next);
    if (!race) return;
    race.begun.add(next.id);
    if (!next.cancelsLosers) return;
    for (const loser of feedersOf(plan.nodes, next)) {
      const { id } = loser;
      if (race.decided.has(id)) continue;
      race.decided.add(id);
      race.lost.add(id);
      const hasRun = race.begun.has(id) && !takeOut(following.ready, loser) && !takeOut(following.starved, loser);
      (hasRun ? following.lost : following.skipped).push(loser);
      queue.push({ node: loser, end: 'stopped' });
    }
  }

  function node(id: string): PlanNode {
    const found = plan.nodes.get(id);
    if (!found) throw new Error(`the plan has no node "${id}"`);
    return found;
  }
}

/** Whether it was there. */
function takeOut(nodes: PlanNode[], node: PlanNode): boolean {
  const at = nodes.indexOf(node);
  if (at >= 0) nodes.splice(at, 1);
  return at >= 0;
}

function takes({ node, end }: { node: PlanNode; end: NodeEnd }, condition: string | undefined): boolean {
  if (end === 'stopped' || end === 'lost') return false;
  if (end === 'failed') return condition === ERROR_ROUTE;
  if (condition === undefined) return !isExclusive(node, end.route);
  return condition === end.route && condition !== ERROR_ROUTE;
}

/** Whether a route takes only the edges that are named like it. */
export function isExclusive({ runner }: Pick<PlanNode, 'runner'>, route: string | undefined): boolean {
  return route !== undefined && runner.exclusiveRoutes?.includes(route) === true;
}
