/** As much of a node as these questions need. */
export interface ShapeNode {
  readonly id: string;
  readonly outgoing: readonly { readonly target: string }[];
  readonly incoming: number;
}
type Shape = ReadonlyMap<string, ShapeNode>;

/** The nodes of one cycle in order, or undefined. Walks without recursion, so that a long chain is no danger. */
export function findCycle(nodes: Shape): string[] | undefined {
  const finished = new Set<string>();
  for (const root of nodes.keys()) {
    if (finished.has(root)) continue;
    const path: { id: string; next: number }[] = [{ id: root, next: 0 }];
    const onPath = new Map([[root, 0]]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = nodes.get(top.id)?.outgoing[top.next++];
      if (!edge) {
        finished.add(top.id);
        onPath.delete(top.id);
        path.pop();
        continue;
      }
      const start = onPath.get(edge.target);
      if (start !== undefined) return path.slice(start).map((step) => step.id);
      if (finished.has(edge.target)) continue;
      onPath.set(edge.target, path.length);
      path.push({ id: edge.target, next: 0 });
    }
  }
  return undefined;
}

/** Nodes that no path from a start node (one without incoming edge) leads to. */
export function findUnreachable(nodes: Shape): string[] {
  const queue = [...nodes.values()].filter((node) => node.incoming === 0).map((node) => node.id);
  const reached = new Set(queue);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const { target } of nodes.get(id)?.outgoing ?? []) {
      if (!reached.has(target)) {
        reached.add(target);
        queue.push(target);
      }
    }
  }
  return [...nodes.keys()].filter((id) => !reached.has(id));
}
