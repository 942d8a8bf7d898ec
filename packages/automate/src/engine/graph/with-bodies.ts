import type { Graph, GraphNode } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { bodyOf, hasBody } from './body.ts';

/** A graph as it is shown: steps that make the graph which they repeat have it in their configuration, as `body`. */
export function withBodies(graph: Graph, registry: StepRegistry): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => withBody(node, registry)) };
}

function withBody(node: GraphNode, registry: StepRegistry): GraphNode {
  const step = registry.get(node.type);
  if (!step || !hasBody(step)) return node;
  const graph = bodyOf(node, registry)?.graph;
  return Array.isArray(graph?.nodes)
    ? { ...node, config: { ...node.config, [step.bodyField ?? 'body']: withBodies(graph, registry) as never } }
    : node;
}
