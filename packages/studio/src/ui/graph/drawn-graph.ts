import type { Status } from '../../status.ts';

/** A graph as the API has it; what is no step or leads nowhere is left out when it is drawn, so a draft may be shown too. */
export interface GraphLike {
  readonly nodes: readonly GraphNodeLike[];
  readonly edges?:
    | readonly { readonly source: string; readonly target: string; readonly condition?: string | undefined }[]
    | undefined;
}

interface GraphNodeLike {
  readonly id: string;
  readonly type: string;
  readonly name?: string | undefined;
  readonly config?: Record<string, unknown> | undefined;
}

/** How a node stands in an execution. */
export interface NodeState {
  readonly status: Status;
  /** Beside it: how long it took, or how many items there are. */
  readonly note?: string | undefined;
  /** In place of the word for the status, where it stands for something else. */
  readonly word?: string | undefined;
}

export interface DrawnStep {
  /** Ids from the outermost loop or group down to the step, divided by `/`. */
  readonly path: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly type: string;
  /** What it does, in a few words. */
  readonly detail: string;
  /** Whether it holds steps of its own: a loop or a group. */
  readonly isGroup: boolean;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly condition: string | undefined;
}

export interface DrawnGraph {
  /** In the order in which they may run, those of a group right behind it. */
  readonly steps: readonly DrawnStep[];
  readonly edges: readonly DrawnEdge[];
}

/** Deeper ones than the API takes are not drawn. */
const MAXIMUM_DEPTH = 20;

/** All steps of a graph, those of bodies included. */
export function drawnGraph(graph: GraphLike): DrawnGraph {
  const steps: DrawnStep[] = [];
  const edges: DrawnEdge[] = [];
  const add = (one: GraphLike, parent: string | undefined, depth: number) => {
    const prefix = parent === undefined ? '' : `${parent}/`;
    const nodes = new Map(one.nodes.filter(isNode).map((node) => [node.id, node]));
    const lines = (one.edges ?? []).filter(({ source, target }) => nodes.has(source) && nodes.has(target));
    for (const { source, target, condition } of lines)
      edges.push({ from: prefix + source, to: prefix + target, condition: condition || undefined });
    for (const node of inOrder(nodes, lines)) {
      const body = depth < MAXIMUM_DEPTH ? bodyOf(node) : undefined;
      const path = prefix + node.id;
      const { type, name } = node;
      steps.push({ path, parent, name: name || node.id, type, detail: detailOf(node), isGroup: body !== undefined });
      if (body) add(body, path, depth + 1);
    }
  };
  add(graph, undefined, 0);
  return { steps, edges };
}

/** The path in the graph of a step of an execution, whose loops carry the turn they stand in. @example toGraphPath('outer/inner:3/say') // 'outer/inner/say' */
export function toGraphPath(node: string): string {
  return node.replace(/:\d+(?=\/|$)/g, '');
}

function isNode(node: GraphNodeLike): boolean {
  return typeof node?.id === 'string' && typeof node.type === 'string';
}

function bodyOf({ config }: GraphNodeLike): GraphLike | undefined {
  const bodies = Object.values(config ?? {}).filter(isGraph);
  return bodies[0];
}

function isGraph(value: unknown): value is GraphLike {
  const { nodes, edges = [] } = (value ?? {}) as Partial<GraphLike>;
  return Array.isArray(nodes) && nodes.length > 0 && nodes.every(isNode) && Array.isArray(edges);
}

/** Each behind all that lead to it; those in a circle stand last. */
function inOrder(
  nodes: ReadonlyMap<string, GraphNodeLike>,
  edges: readonly { source: string; target: string }[],
): GraphNodeLike[] {
  const waits = new Map([...nodes.keys()].map((id) => [id, 0]));
  for (const { target } of edges) waits.set(target, (waits.get(target) ?? 0) + 1);
  const behind = Map.groupBy(edges, ({ source }) => source);
  const queue = [...nodes.keys()].filter((id) => waits.get(id) === 0);
  const order = new Set<string>();
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    order.add(id);
    for (const { target } of behind.get(id) ?? []) {
      const left = (waits.get(target) ?? 0) - 1;
      waits.set(target, left);
      if (left === 0) queue.push(target);
    }
  }
  return [...new Set([...order, ...nodes.keys()])].flatMap((id) => nodes.get(id) ?? []);
}

/** Of the configuration, what tells one step from another of its type. */
function detailOf({ type, config = {} }: GraphNodeLike): string {
  if (typeof config.url === 'string')
    return `${typeof config.method === 'string' ? config.method : 'GET'} ${config.url}`.slice(0, 200);
  const said = [config.message, config.title, config.workflow, config.event_type, config.name].find(
    (value) => typeof value === 'string',
  );
  return (said as string | undefined)?.slice(0, 200) || type;
}
