import { ERROR_ROUTE } from '../steps/error-route.ts';

/** As much of a node as this takes. */
export interface RacingNode {
  readonly id: string;
  readonly outgoing: readonly { readonly target: string; readonly condition: string | undefined }[];
  leadsTo: string | undefined;
  readonly feeders: readonly string[];
}

/**
 * Decides for each node which one all its ways lead through, but for those by which its failure leaves: its nearest post-dominator, by
 * the simple algorithm for graphs without cycles (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm).
 */
export function decideRaces(nodes: ReadonlyMap<string, RacingNode & { readonly feeders: string[] }>): void {
  const depths = new Map<string, number>();
  const depthOf = (id: string | undefined): number => (id === undefined ? 0 : (depths.get(id) ?? 0));
  const stack = [...nodes.values()].map((node) => ({ node, isReturning: false }));
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, isReturning } = entry;
    if (depths.has(node.id)) continue;
    const ways = node.outgoing.filter(({ condition }) => condition !== ERROR_ROUTE).map(({ target }) => target);
    if (!isReturning) {
      stack.push({ node, isReturning: true });
      for (const target of ways) stack.push({ node: nodes.get(target) as typeof node, isReturning: false });
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

type Feeding = Pick<RacingNode, 'feeders'>;
type Leading = Pick<RacingNode, 'leadsTo'> & { readonly join: string; readonly incoming: number };

/** The nodes that lead to one and, unless they fail, nowhere else. */
export function* feedersOf<Node extends Feeding>(nodes: ReadonlyMap<string, Node>, { feeders }: Feeding): Generator<Node> {
  const queue = [...feeders];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const node = nodes.get(id) as Node;
    yield node;
    queue.push(...node.feeders);
  }
}

/** The joins of one branch out of several that a node leads to and, unless it fails, nowhere else. */
export function* racesOf<Node extends Leading>(nodes: ReadonlyMap<string, Node>, node: Leading): Generator<Node> {
  for (let at = node.leadsTo; at !== undefined; ) {
    const next = nodes.get(at) as Node;
    if (next.join !== 'all' && next.incoming > 1) yield next;
    at = next.leadsTo;
  }
}
