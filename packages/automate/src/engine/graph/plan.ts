import { AppError, type InputIssue, invalidInput, type Json, toPointer } from '../../kernel/index.ts';
import type { Graph, GraphNode } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepRunner } from '../steps/step-type.ts';
import { findSecrets } from './secret-names.ts';
import { findCycle, findUnreachable } from './shape.ts';

export interface PlanEdge {
  readonly target: string;
  /** Taken only when the source leaves by this route; undefined: always. */
  readonly condition: string | undefined;
}

export interface PlanNode {
  readonly id: string;
  readonly type: string;
  readonly runner: StepRunner;
  /** Names of the secrets it uses. */
  readonly secrets: readonly string[];
  readonly outgoing: readonly PlanEdge[];
  /** How many edges lead here. */
  readonly incoming: number;
}

/** A graph ready to run: configurations parsed and compiled, edges by node. */
export interface Plan {
  readonly nodes: ReadonlyMap<string, PlanNode>;
  /** Nodes without incoming edge. */
  readonly starts: readonly string[];
}

/**
 * Checks a graph and compiles it.
 * @param pointer where the graph stands in the input, for the issues' pointers
 * @throws AppError `invalid_input` with an issue for each thing that is wrong, naming the node
 */
export function planGraph(graph: Graph, registry: StepRegistry, pointer = '/graph'): Plan {
  const issues: InputIssue[] = [];
  const nodes = new Map<string, MutableNode>();
  graph.nodes.forEach((node, index) => {
    const at = `${pointer}/nodes/${index}`;
    if (nodes.has(node.id)) issues.push(issue(`${at}/id`, 'duplicate_node', `node "${node.id}" appears twice`));
    else nodes.set(node.id, compileNode(node, at, registry, issues));
  });
  connect(graph, nodes, pointer, issues);
  if (issues.length === 0) issues.push(...shapeIssues(graph, nodes, pointer));
  if (issues.length > 0) throw invalidInput(issues);
  return {
    nodes: nodes as ReadonlyMap<string, PlanNode>,
    starts: [...nodes.values()].filter((node) => node.incoming === 0).map((node) => node.id),
  };
}

interface MutableNode {
  id: string;
  type: string;
  runner: StepRunner | undefined;
  routes: readonly string[] | undefined;
  secrets: readonly string[];
  outgoing: PlanEdge[];
  incoming: number;
}

function compileNode(node: GraphNode, at: string, registry: StepRegistry, issues: InputIssue[]): MutableNode {
  const compiled: MutableNode = {
    id: node.id,
    type: node.type,
    runner: undefined,
    routes: undefined,
    secrets: [],
    outgoing: [],
    incoming: 0,
  };
  const step = registry.get(node.type);
  if (!step) {
    issues.push(
      issue(
        `${at}/type`,
        'unknown_node_type',
        `node "${node.id}" has the unknown type "${node.type}"; known are ${[...registry.keys()].join(', ')}`,
      ),
    );
    return compiled;
  }
  const use = findSecrets(node.config as Json, step.ruleFields);
  for (const found of use.issues)
    issues.push(issue(`${at}/config${found.pointer}`, found.code, `node "${node.id}": ${found.message}`));
  compiled.secrets = use.names;
  const parsed = step.config.safeParse(use.config);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      issues.push(
        issue(`${at}/config${toPointer(path)}`, 'invalid_config', `node "${node.id}": ${[...path, message].join(' ')}`),
      );
    }
    return compiled;
  }
  compiled.routes = step.routes?.(parsed.data) ?? [];
  try {
    compiled.runner = step.compile(parsed.data);
  } catch (error) {
    if (!AppError.is(error) || !error.errors) throw error;
    for (const found of error.errors)
      issues.push({ ...found, pointer: `${at}/config${found.pointer}`, message: `node "${node.id}": ${found.message}` });
  }
  return compiled;
}

function connect(graph: Graph, nodes: ReadonlyMap<string, MutableNode>, pointer: string, issues: InputIssue[]): void {
  const seen = new Set<string>();
  graph.edges.forEach(({ source, target, condition }, index) => {
    const at = `${pointer}/edges/${index}`;
    const from = nodes.get(source);
    const to = nodes.get(target);
    if (!from) issues.push(issue(`${at}/source`, 'dangling_edge', `there is no node "${source}" for this edge to start from`));
    if (!to) issues.push(issue(`${at}/target`, 'dangling_edge', `there is no node "${target}" for this edge to lead to`));
    const key = JSON.stringify([source, target, condition]);
    if (seen.has(key)) issues.push(issue(at, 'duplicate_edge', `the edge from "${source}" to "${target}" appears twice`));
    seen.add(key);
    if (!from || !to) return;
    if (condition !== undefined && from.routes && !from.routes.includes(condition)) {
      const known =
        from.routes.length > 0 ? `it leaves by ${from.routes.map((route) => `"${route}"`).join(', ')}` : 'it does not decide';
      issues.push(issue(`${at}/condition`, 'unknown_route', `node "${source}" never leaves by "${condition}": ${known}`));
    }
    from.outgoing.push({ target, condition });
    to.incoming += 1;
  });
}

function shapeIssues(graph: Graph, nodes: ReadonlyMap<string, MutableNode>, pointer: string): InputIssue[] {
  const indexOf = new Map(graph.nodes.map((node, index) => [node.id, index]));
  const at = (id: string) => `${pointer}/nodes/${indexOf.get(id)}`;
  const cycle = findCycle(nodes);
  const found = cycle
    ? [issue(at(cycle[0] as string), 'cycle', `node "${cycle[0]}" leads back to itself: ${[...cycle, cycle[0]].join(' → ')}`)]
    : [];
  const unreachable = findUnreachable(nodes).map((id) =>
    issue(at(id), 'unreachable_node', `node "${id}" can never be reached from a start node`),
  );
  return [...found, ...unreachable];
}

function issue(pointer: string, code: string, message: string): InputIssue {
  return { pointer, code, message };
}
