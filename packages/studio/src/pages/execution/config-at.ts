/** How a step is written in the graph, without the steps that it repeats. @param path as `drawnGraph` names it */
export function configAt(graph: unknown, path: string): Record<string, unknown> | undefined {
  let nodes: unknown = (graph as { nodes?: unknown } | null)?.nodes;
  let config: Record<string, unknown> | undefined;
  for (const id of path.split('/')) {
    const node = Array.isArray(nodes)
      ? (nodes as { id?: unknown; config?: Record<string, unknown> }[]).find((one) => one?.id === id)
      : undefined;
    if (!node) return undefined;
    config = node.config ?? {};
    nodes = Object.values(config).map(nodesOf).find(Boolean);
  }
  return config && Object.fromEntries(Object.entries(config).filter(([, value]) => !nodesOf(value)));
}

function nodesOf(value: unknown): unknown {
  const nodes = (value as { nodes?: unknown } | null)?.nodes;
  return Array.isArray(nodes) ? nodes : undefined;
}
