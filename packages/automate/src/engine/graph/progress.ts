import { ERROR_ROUTE } from './error-route.ts';
import type { Plan, PlanNode } from './plan.ts';

/** How a node ended: by a route or none, stopped, failed so that only `error` edges are taken, or lost with its branch. */
export type NodeEnd = { readonly route: string | undefined } | 'stopped' | 'failed' | 'lost';

/** What follows from the end of a node. */
export interface Following {
  readonly ready: PlanNode[];
  readonly skipped: PlanNode[];
  /** Joins that waited for a success, of which there can be none any more. */
  readonly starved: PlanNode[];
}

/** Which nodes may start and which will never run, as the others are decided. */
export interface Progress {
  /** Records that a node ended. Returns what follows from that. */
  finish(nodeId: string, end: NodeEnd): Following;
  /** Nodes that no one has decided yet. */
  remaining(): number;
}

/**
 * Follows one execution through its graph. A node is ready once all its incoming edges are decided and at least one was
 * taken, or, for another join, at the first that is taken; when none was, it is skipped and so, in turn, are its own edges.
 */
export function createProgress(plan: Plan): Progress {
  const undecided = new Map<string, number>();
  const isTaken = new Set<string>();
  /** Nodes that lost branches lead to. */
  const isHurt = new Set<string>();
  let remaining = plan.nodes.size;
  for (const node of plan.nodes.values()) undecided.set(node.id, node.incoming);

  return {
    finish(nodeId, end) {
      const following: Following = { ready: [], skipped: [], starved: [] };
      const queue: { node: PlanNode; end: NodeEnd }[] = [{ node: node(nodeId), end }];
      for (let step = queue.shift(); step; step = queue.shift()) {
        remaining -= 1;
        for (const { target, condition } of step.node.outgoing) {
          const next = node(target);
          const left = (undecided.get(target) ?? 1) - 1;
          undecided.set(target, left);
          if (step.end === 'lost') isHurt.add(target);
          if (takes(step, condition)) {
            const isFirst = !isTaken.has(target);
            isTaken.add(target);
            if (next.join === 'all' ? left === 0 : isFirst) following.ready.push(next);
          } else if (left === 0 && isTaken.has(target)) {
            if (next.join === 'all') following.ready.push(next);
          } else if (left === 0 && next.join === 'first_success' && isHurt.has(target)) {
            following.starved.push(next);
          } else if (left === 0) {
            following.skipped.push(next);
            queue.push({ node: next, end: isHurt.has(target) ? 'lost' : 'stopped' });
          }
        }
      }
      return following;
    },
    remaining: () => remaining,
  };

  function node(id: string): PlanNode {
    const found = plan.nodes.get(id);
    if (!found) throw new Error(`the plan has no node "${id}"`);
    return found;
  }
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
