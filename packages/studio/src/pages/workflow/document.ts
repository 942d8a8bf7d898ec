import { objectOf } from '../../data/typed-json.ts';

/** What of a workflow is a version, as it is edited. */
export interface WorkflowDocument {
  readonly graph: { readonly nodes: readonly unknown[]; readonly edges?: readonly unknown[] };
  readonly triggers: readonly unknown[];
  readonly settings: Readonly<Record<string, unknown>>;
}

export function writtenOf({ graph, triggers, settings }: WorkflowDocument): string {
  return JSON.stringify({ graph, triggers, settings }, null, 2);
}

/** An object, whatever is in it: the server says what is wrong there. */
export function documentOf(text: string): WorkflowDocument | undefined {
  return objectOf(text) as WorkflowDocument | undefined;
}

/** By the ids of steps and the ends of edges: two people who have changed two steps do not clash. Undefined where that loses something. */
export function keyedOf(text: string): Record<string, unknown> | undefined {
  const document = documentOf(text);
  const { graph, triggers, ...rest } = (document ?? {}) as Partial<WorkflowDocument>;
  if (!graph || !Array.isArray(graph.nodes) || !Array.isArray(triggers)) return undefined;
  const { nodes, edges = [], ...others } = graph;
  if (!Array.isArray(edges) || Object.keys(others).length > 0) return undefined;
  const steps = keyed(nodes, (node) => (node as { id?: unknown } | null)?.id);
  const ways = keyed(edges, (edge) => {
    const { source, target, condition } = (edge ?? {}) as Record<string, unknown>;
    return `${source} → ${target}${condition === undefined ? '' : ` (${condition})`}`;
  });
  const starts = keyed(triggers, (_, index) => String(index + 1));
  return steps && ways && starts ? { steps, edges: ways, triggers: starts, ...rest } : undefined;
}

export function fromKeyed({ steps, edges, triggers, ...rest }: Record<string, unknown>): string {
  const graph = { nodes: Object.values(steps as object), edges: Object.values(edges as object) };
  return JSON.stringify({ graph, triggers: Object.values(triggers as object), ...rest }, null, 2);
}

function keyed(items: readonly unknown[], keyOf: (item: unknown, index: number) => unknown): Record<string, unknown> | undefined {
  const keys = items.map(keyOf);
  const isOrdered = keys.every((key) => typeof key === 'string' && key !== '__proto__' && !/^\d+$/.test(key));
  const isIndex = keys.every((key, index) => key === String(index + 1));
  if (new Set(keys).size !== items.length || !(isOrdered || isIndex)) return undefined;
  return Object.fromEntries(items.map((item, index) => [keys[index] as string, item]));
}
