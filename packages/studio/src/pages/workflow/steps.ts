/** A node of a graph as far as it is one. */
export interface NodeLike {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly position?: unknown;
}

interface GraphLike {
  readonly nodes?: readonly unknown[];
}

/** @param path ids of nodes, those of loops and groups before those within */
export function nodeAt(graph: GraphLike, path: string): NodeLike | undefined {
  let nodes: readonly unknown[] = graph.nodes ?? [];
  let found: NodeLike | undefined;
  for (const id of path.split('/')) {
    found = nodes.filter(isNode).find((node) => node.id === id);
    if (!found) return undefined;
    nodes = Object.values(found.config ?? {}).find(isGraph)?.nodes ?? [];
  }
  return found;
}

function isNode(value: unknown): value is NodeLike {
  const { id, type } = (value ?? {}) as Partial<NodeLike>;
  return typeof id === 'string' && typeof type === 'string';
}

function isGraph(value: unknown): value is { readonly nodes: readonly unknown[] } {
  return Array.isArray((value as GraphLike | null)?.nodes);
}
