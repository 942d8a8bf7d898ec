import type { JsonObject } from '../../kernel/index.ts';
import type { Graph, GraphNode } from '../schemas.ts';
import { type Body, pointerOf } from '../steps/made-body.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepType } from '../steps/step-type.ts';

/** In a graph as it was sent, a step without settings has no `config`. */
export type Step = Pick<GraphNode, 'type'> & Partial<Pick<GraphNode, 'config'>>;

/** The graph that a step repeats, as its configuration holds it or makes it; undefined for steps that repeat none. */
export function bodyOf({ type, config = {} }: Step, registry: StepRegistry): Body | undefined {
  const { bodyField: field, madeBody } = registry.get(type) ?? {};
  if (field !== undefined)
    return { graph: (config[field] ?? null) as unknown as Graph, issues: [], pointerOf: (pointer) => `/${field}${pointer}` };
  const made = madeBody?.make(config as JsonObject, registry);
  if (!made) return undefined;
  const { graph, issues, sources } = made;
  return { graph: graph as unknown as Graph, issues, pointerOf: (pointer) => pointerOf(sources, pointer) };
}

/** Whether steps of a type repeat a graph. */
export function hasBody({ bodyField, madeBody }: Pick<StepType, 'bodyField' | 'madeBody'>): boolean {
  return bodyField !== undefined || madeBody !== undefined;
}

/** The configuration without the graph in it, or what one is made of, which is checked for itself. */
export function withoutBody(
  config: Step['config'] = {},
  { bodyField, madeBody }: Pick<StepType, 'bodyField' | 'madeBody'> = {},
): GraphNode['config'] {
  if (madeBody) return madeBody.without(config as JsonObject);
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
    const body = bodyOf(node, registry);
    if (!body?.graph) continue;
    for (const inner of stepsIn(body.graph, registry, ''))
      yield { ...inner, pointer: `${at}/config${body.pointerOf(inner.pointer)}` };
  }
}
