import type { Plan, PlanNode } from './plan.ts';

/** Which nodes may start and which will never run, as the others are decided. */
export interface Progress {
  /** Records that a node ended and by which route it left. Returns what follows from that. */
  finish(nodeId: string, route: string | undefined): { ready: PlanNode[]; skipped: PlanNode[] };
  /** Nodes that no one has decided yet. */
  remaining(): number;
}

/**
 * Follows one execution through its graph. A node is ready once all its incoming edges are decided and at least one was
 * taken; when none was, it is skipped and so, in turn, are its own edges.
 */
export function createProgress(plan: Plan): Progress {
  const undecided = new Map<string, number>();
  const isTaken = new Set<string>();
  let remaining = plan.nodes.size;
  for (const node of plan.nodes.values()) undecided.set(node.id, node.incoming);

  return {
    finish(nodeId, route) {
      const ready: PlanNode[] = [];
      const skipped: PlanNode[] = [];
      const queue: { node: PlanNode; takes: (condition: string | undefined) => boolean }[] = [
        { node: node(nodeId), takes: (condition) => condition === undefined || condition === route },
      ];
      for (let step = queue.shift(); step; step = queue.shift()) {
        remaining -= 1;
        for (const { target, condition } of step.node.outgoing) {
          if (step.takes(condition)) isTaken.add(target);
          const left = (undecided.get(target) ?? 1) - 1;
          undecided.set(target, left);
          if (left > 0) continue;
          if (isTaken.has(target)) ready.push(node(target));
          else {
            skipped.push(node(target));
            queue.push({ node: node(target), takes: () => false });
          }
        }
      }
      return { ready, skipped };
    },
    remaining: () => remaining,
  };

  function node(id: string): PlanNode {
    const found = plan.nodes.get(id);
    if (!found) throw new Error(`the plan has no node "${id}"`);
    return found;
  }
}
