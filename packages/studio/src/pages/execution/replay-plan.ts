import type { Explorer, Step } from 'automate-client';
import { drawnGraph, type GraphLike } from '../../ui/graph/drawn-graph.ts';

export interface PlanLine {
  readonly node: string;
  readonly name: string;
  readonly isKept: boolean;
}

/** Where a replay begins: everything, a node of the graph itself, or the failed items of a loop. */
export type ReplayFrom = { readonly kind: 'start' } | { readonly kind: 'step' | 'items'; readonly node: string };

/**
 * What a replay keeps and what it runs again, as far as the graph says: what is behind the step where it begins runs again, and so does what did not
 * succeed. Races and what was undone, which the server knows, may make it run more.
 */
export function planOf({ graph, steps }: Pick<Explorer, 'graph' | 'steps'>, from: ReplayFrom): readonly PlanLine[] {
  const drawn = drawnGraph((graph ?? { nodes: [] }) as GraphLike);
  const top = drawn.steps.filter(({ parent }) => parent === undefined);
  const succeeded = new Set(steps.filter(isKeepable).map(({ node }) => node));
  const again = new Set(from.kind === 'start' ? top.map(({ path }) => path) : [from.node]);
  // In the order in which they run, so that one pass is enough.
  for (const { path } of top) {
    const isBehind = drawn.edges.some((edge) => edge.to === path && again.has(edge.from));
    if (isBehind || !(succeeded.has(path) || isSkipped(steps, path))) again.add(path);
  }
  return top.map(({ path, name }) => ({ node: path, name, isKept: !again.has(path) }));
}

function isKeepable({ node, status, route }: Step): boolean {
  return !node.includes('/') && (status === 'succeeded' || (status === 'failed' && route !== null));
}

function isSkipped(steps: readonly Step[], path: string): boolean {
  return steps.some(({ node, status }) => node === path && status === 'skipped');
}

/** Nodes of the graph itself that have begun: a replay may begin with any of them. */
export function startsOf({ steps }: Pick<Explorer, 'steps'>): readonly string[] {
  const begun = steps.filter(({ node, status }) => !node.includes('/') && !node.includes('#') && status !== 'skipped');
  return begun.toSorted((one, other) => (one.started_at ?? '').localeCompare(other.started_at ?? '')).map(({ node }) => node);
}

/** What goes round: the turns of an agent that have ended are kept as well. */
const LOOPS: ReadonlySet<string> = new Set(['flow.foreach', 'flow.while', 'agent.run']);

/** Loops of which items have failed, by their nodes. */
export function loopsToRepair({ nodes }: Pick<Explorer, 'nodes'>): readonly string[] {
  const inside = nodes.filter(({ path, counts }) => path.includes('/') && (counts.failed ?? 0) > 0);
  const loops = new Set(nodes.filter(({ type }) => LOOPS.has(type)).map(({ path }) => path));
  return [...new Set(inside.map(({ path }) => path.split('/')[0] ?? ''))].filter((node) => loops.has(node));
}

/** The node that a replay begins with unless somebody says otherwise: that of the open step, else the one that failed. */
export function likelyStart(
  { execution, steps }: Pick<Explorer, 'execution' | 'steps'>,
  step: Step | undefined,
): string | undefined {
  const path = step?.node ?? execution.error?.node ?? steps.find(({ status }) => status === 'failed')?.node;
  return path?.split('/')[0]?.split('#')[0];
}
