import type { Graph, GraphNode } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepType } from '../steps/step-type.ts';

/** In a graph as it was sent, a step without settings has no `config`. */
export type Step = Pick<GraphNode, 'type'> & Partial<Pick<GraphNode, 'config'>>;

/** The graph that a step repeats, as its configuration holds it; undefined for steps that repeat none. */
export function bodyOf({ type, config }: Step, registry: StepRegistry): unknown {
  const field = registry.get(type)?.bodyField;
  return field === undefined ? undefined : (config?.[field] ?? null);
}

/** The configuration without the graph in it, which is checked for itself. */
export function withoutBody(config: Step['config'] = {}, { bodyField }: Pick<StepType, 'bodyField'> = {}): GraphNode['config'] {
  if (bodyField === undefined) return config;
  const { [bodyField]: _, ...rest } = config;
  return rest;
}

/** Every step of a graph at any depth, those that undo others included, with a JSON Pointer to it. */
export function* stepsIn(
  graph: Pick<Graph, 'nodes'>,
  registry: StepRegistry,
  pointer = '/graph',
): Generator<{ id: string; step: Step; pointer: string }> {
  for (const [index, node] of graph.nodes.entries()) {
    const at = `${pointer}/nodes/${index}`;
    yield { id: node.id, step: node, pointer: at };
    if (node.compensate) yield { id: node.id, step: node.compensate, pointer: `${at}/compensate` };
    const body = bodyOf(node, registry) as Graph | undefined;
    if (body) yield* stepsIn(body, registry, `${at}/config/${registry.get(node.type)?.bodyField}`);
  }
}
