import { ERROR_ROUTE } from './error-route.ts';
import type { Plan, PlanNode } from './plan.ts';

/** As much of a node as this takes. */
export interface RacingNode {
  readonly id: string;
  readonly outgoing: readonly { readonly target: string; readonly condition: string | undefined }[];
  leadsTo: string | undefined;
  readonly feeders: string[];
}

/**
 * Decides for each node which one all its ways lead through, but for those by which its failure leaves: its nearest post-dominator, by
 * the simple algorithm for graphs without cycles (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm).
 */
export function decideRaces(nodes: ReadonlyMap<string, RacingNode>): void {
  const depths = new Map<string, number>();
  const depthOf = (id: string | undefined): number => (id === undefined ? 0 : (depths.get(id) ?? 0));
  const stack = [...nodes.values()].map((node) => ({ node, isReturning: false }));
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, isReturning } = entry;
    if (depths.has(node.id)) continue;
    const ways = node.outgoing.filter(({ condition }) => condition !== ERROR_ROUTE).map(({ target }) => target);
    if (!isReturning) {
      stack.push({ node, isReturning: true });
      for (const target of ways) stack.push({ node: nodes.get(target) as RacingNode, isReturning: false });
      continue;
    }
    let met: string | undefined = ways[0];
    for (const way of ways) {
      let other: string | undefined = way;
      while (met !== other)
        if (depthOf(met) >= depthOf(other)) met = nodes.get(met as string)?.leadsTo;
        else other = nodes.get(other as string)?.leadsTo;
    }
    node.leadsTo = met;
    depths.set(node.id, depthOf(met) + 1);
    if (met !== undefined) nodes.get(met)?.feeders.push(node.id);
  }
}

/** The nodes that lead to one and, unless they fail, nowhere else. */
export function* feedersOf(plan: Pick<Plan, 'nodes'>, { feeders }: Pick<PlanNode, 'feeders'>): Generator<PlanNode> {
  const queue = [...feeders];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const node = plan.nodes.get(id) as PlanNode;
    yield node;
    queue.push(...node.feeders);
  }
}

/** The joins of one branch out of several that a node leads to and, unless it fails, nowhere else. */
export function* racesOf(plan: Pick<Plan, 'nodes'>, { leadsTo }: Pick<PlanNode, 'leadsTo'>): Generator<PlanNode> {
  for (let at = leadsTo; at !== undefined; ) {
    const node = plan.nodes.get(at) as PlanNode;
    if (node.join !== 'all' && node.incoming > 1) yield node;
    at = node.leadsTo;
  }
}
