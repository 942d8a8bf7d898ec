import { AppError, type InputIssue, invalidInput, toPointer } from '../../kernel/index.ts';
import { Graph, type GraphNode, RetryPolicy } from '../schemas.ts';
import { ERROR_ROUTE } from '../steps/error-route.ts';
import type { Body } from '../steps/made-body.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepRunner } from '../steps/step-runner.ts';
import { bodyOf } from './body.ts';
import { type Compiling, compileStep, compileUndoing, issue, type PlanStep } from './compile-step.ts';
import { decideRaces } from './races.ts';
import { findCycle, findUnreachable } from './shape.ts';
import type { StepReads } from './step-reads.ts';

export interface PlanEdge {
  readonly target: string;
  /** Taken only when the source leaves by this route; undefined: always. */
  readonly condition: string | undefined;
}

export interface PlanNode extends PlanStep {
  readonly id: string;
  readonly outgoing: readonly PlanEdge[];
  /** How many edges lead here. */
  readonly incoming: number;
  readonly join: 'all' | 'any' | 'first_success';
  /** Whether it is a join that, once it has started, cancels what leads to it and nowhere else. */
  readonly cancelsLosers: boolean;
  /** The nearest node that all its ways lead through, but for those that its failure takes. */
  readonly leadsTo: string | undefined;
  /** Those whose nearest it is. */
  readonly feeders: readonly string[];
  readonly retry: RetryPolicy;
  /** The same for a loop as a whole; undefined: it is not tried again. */
  readonly loopRetry: RetryPolicy | undefined;
  /** Milliseconds that one try may run. */
  readonly timeoutMs: number;
  /** Milliseconds that one try may take with all it waits for; undefined: any. */
  readonly limitMs: number | undefined;
  /** What a failure does: leaves by the `error` edges, is passed over, costs this branch alone, or ends the graph. */
  readonly onError: 'route' | 'continue' | 'lose_branch' | 'fail';
  readonly compensate: PlanStep | undefined;
  /** What a loop repeats. */
  readonly body: Plan | undefined;
}

/** A graph ready to run: configurations parsed and compiled, edges by node. */
export interface Plan {
  readonly nodes: ReadonlyMap<string, PlanNode>;
  /** Nodes without incoming edge. */
  readonly starts: readonly string[];
  /** Nodes without outgoing edge. */
  readonly ends: readonly string[];
  /** Nodes that a person decides. */
  readonly approvals: readonly string[];
  /** Whether some step, at any depth, can be undone. */
  readonly hasCompensation: boolean;
  /** Whether some join of it cancels its losers. */
  readonly isRacing: boolean;
  /** Whether something, at any depth, can end a step while the execution goes on. */
  readonly isInterruptible: boolean;
}

/** Of one try of a step whose node does not say. */
const TIMEOUT_SECONDS = 900;
/** Loops in loops. */
const MAXIMUM_DEPTH = 5;

/**
 * Checks a graph and compiles it.
 * @throws AppError `invalid_input` with an issue for each thing that is wrong, naming the node
 */
export function planGraph(graph: Graph, registry: StepRegistry): Plan {
  return plan(graph, { at: '/graph', registry, depth: 0, isStored: false, isMade: false });
}

/**
 * Compiles a graph that was stored, maybe by a version that let more pass: a step that uses secrets where it may not is refused when
 * it runs, and holds up no other.
 * @throws AppError as {@link planGraph} does
 */
export function planStored(graph: Graph, registry: StepRegistry): Plan {
  return plan(graph, { at: '/graph', registry, depth: 0, isStored: true, isMade: false });
}

function plan(graph: Graph, given: Omit<Compiling, 'issues'>): Plan {
  const { at: pointer } = given;
  const issues: InputIssue[] = [];
  const nodes = new Map<string, MutableNode>();
  graph.nodes.forEach((node, index) => {
    const at = `${pointer}/nodes/${index}`;
    if (nodes.has(node.id)) issues.push(issue(`${at}/id`, 'duplicate_node', `node "${node.id}" appears twice`));
    else nodes.set(node.id, compileNode(node, { ...given, at, issues }));
  });
  connect(graph, nodes, pointer, issues);
  if (issues.length === 0) issues.push(...shapeIssues(graph, nodes, pointer));
  if (issues.length > 0) throw invalidInput(issues);
  decideFailures(nodes);
  decideRaces(nodes);
  const isRacing = [...nodes.values()].some((node) => node.cancelsLosers);
  const all = nodes as ReadonlyMap<string, PlanNode>;
  return {
    nodes: all,
    starts: [...all.values()].filter((node) => node.incoming === 0).map((node) => node.id),
    ends: [...all.values()].filter((node) => node.outgoing.length === 0).map((node) => node.id),
    approvals: [...all.values()].filter((node) => node.runner.isApproval).map((node) => node.id),
    hasCompensation: [...all.values()].some((node) => node.compensate !== undefined || node.body?.hasCompensation),
    isRacing,
    isInterruptible:
      isRacing || [...all.values()].some(({ body, limitMs }) => body && (limitMs !== undefined || body.isInterruptible)),
  };
}

interface MutableNode {
  id: string;
  type: string;
  runner: StepRunner | undefined;
  routes: readonly string[] | undefined;
  effects: PlanStep['effects'];
  urls: readonly string[];
  isUndoing: boolean;
  secrets: readonly string[];
  reads: StepReads | undefined;
  isInternal: boolean;
  outgoing: PlanEdge[];
  incoming: number;
  join: PlanNode['join'];
  cancelsLosers: boolean;
  leadsTo: string | undefined;
  feeders: string[];
  retry: RetryPolicy;
  loopRetry: RetryPolicy | undefined;
  timeoutMs: number;
  limitMs: number | undefined;
  onError: PlanNode['onError'];
  compensate: PlanStep | undefined;
  body: Plan | undefined;
}

const DEFAULT_RETRY = Object.freeze(RetryPolicy.parse({}));

function compileNode(node: GraphNode, compiling: Compiling): MutableNode {
  const { at, registry, depth, issues, isStored } = compiling;
  const step = compileStep(node, node.id, compiling);
  const body = step && bodyOf(node, registry);
  const join = node.join ?? 'all';
  if (node.cancel_losers !== undefined && join === 'all') {
    const message = `node "${node.id}": only a join of "any" or "first_success" has losers to cancel`;
    issues.push(issue(`${at}/cancel_losers`, 'no_race', message));
  }
  return {
    id: node.id,
    type: node.type,
    runner: step?.runner,
    routes: step?.routes,
    effects: step?.effects ?? 'other',
    urls: step?.urls ?? [],
    isUndoing: false,
    secrets: step?.secrets ?? [],
    reads: step?.reads,
    isInternal: step?.isInternal ?? false,
    outgoing: [],
    incoming: 0,
    join,
    cancelsLosers: node.cancel_losers ?? join === 'first_success',
    leadsTo: undefined,
    feeders: [],
    retry: node.retry ?? DEFAULT_RETRY,
    loopRetry: step?.runner.loop && node.retry,
    timeoutMs: (node.timeout_seconds ?? TIMEOUT_SECONDS) * 1_000,
    limitMs: node.timeout_seconds === undefined ? undefined : node.timeout_seconds * 1_000,
    onError: node.on_error ?? 'fail',
    compensate: node.compensate && compileUndoing(node.compensate, node.id, { ...compiling, at: `${at}/compensate` }),
    body: body && compileBody(body),
  };

  function compileBody(body: Body): Plan | undefined {
    const report = ({ pointer, ...rest }: InputIssue) =>
      issues.push({ ...rest, pointer: `${at}/config${body.pointerOf(pointer)}` });
    for (const { pointer, code, message } of body.issues)
      issues.push(issue(`${at}/config${pointer}`, code, `node "${node.id}": ${message}`));
    const parsed = Graph.safeParse(body.graph);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues)
        report(issue(toPointer(path), 'invalid_config', `node "${node.id}": ${message}`));
      return undefined;
    }
    if (depth >= MAXIMUM_DEPTH) {
      report(issue('', 'too_deep', `node "${node.id}": loops are nested deeper than ${MAXIMUM_DEPTH}`));
      return undefined;
    }
    try {
      const isMade =
        registry.get(node.type)?.madeBody !== undefined || (compiling.isMade && registry.get(node.type)?.isInternal === true);
      return plan(parsed.data, { at: '', registry, depth: depth + 1, isStored, isMade });
    } catch (error) {
      if (!AppError.is(error) || !error.errors) throw error;
      error.errors.forEach(report);
      return undefined;
    }
  }
}

/** Decides for each node what its failure does; the last nodes first, since it may depend on those behind. */
function decideFailures(nodes: ReadonlyMap<string, MutableNode>): void {
  const isForgiven = new Map<string, boolean>();
  // A graph has no cycles, so a depth-first walk that comes back to a node after its successors knows them all.
  const stack = [...nodes.keys()].map((id) => ({ id, isReturning: false }));
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { id, isReturning } = entry;
    if (isForgiven.has(id)) continue;
    const { outgoing } = nodes.get(id) as MutableNode;
    if (!isReturning) {
      stack.push({ id, isReturning: true }, ...outgoing.map(({ target }) => ({ id: target, isReturning: false })));
      continue;
    }
    const leadsToJoin = ({ target }: PlanEdge) => nodes.get(target)?.join === 'first_success' || isForgiven.get(target) === true;
    isForgiven.set(id, outgoing.length > 0 && outgoing.every(leadsToJoin));
  }
  for (const node of nodes.values()) {
    if (node.outgoing.some(({ condition }) => condition === ERROR_ROUTE)) node.onError = 'route';
    else if (node.onError === 'fail' && isForgiven.get(node.id)) node.onError = 'lose_branch';
  }
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
    if (condition !== undefined && condition !== ERROR_ROUTE && from.routes && !from.routes.includes(condition)) {
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
