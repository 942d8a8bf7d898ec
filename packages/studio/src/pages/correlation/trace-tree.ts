import type { Correlation, Step } from 'automate-client';
import { parentPlace, stepKey } from '../../data/step-key.ts';
import type { Status } from '../../status.ts';
import { kindOf } from '../../ui/graph/kinds.ts';
import type { IconName } from '../../ui/icon.tsx';

export const kinds = ['event', 'rule', 'execution', 'step', 'request', 'job', 'audit'] as const;
export type Kind = (typeof kinds)[number];

type Event = Correlation['events'][number];
type Execution = Correlation['executions'][number];

/** What a part of a trace is, as the server tells it. */
export type Part =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'rule'; readonly verdict: Event['verdicts'][number]; readonly event: Event }
  | { readonly kind: 'execution'; readonly execution: Execution }
  | { readonly kind: 'step'; readonly step: Step; readonly execution: Execution }
  | { readonly kind: 'request'; readonly step: Step; readonly execution: Execution; readonly request: Request }
  | { readonly kind: 'job'; readonly job: NonNullable<Correlation['jobs']>[number] }
  | { readonly kind: 'audit'; readonly entry: NonNullable<Correlation['audit']>[number] };

/** An outgoing request, as the step that sent it has stored it. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  /** Of the reply; missing when there was none. */
  readonly status: number | undefined;
}

export interface TraceNode {
  readonly key: string;
  readonly part: Part;
  readonly icon: IconName;
  readonly name: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly status: Status | undefined;
  readonly children: readonly TraceNode[];
}

/** Everything of a trace as a tree: what came of an event below it, steps below their execution, what they sent below them. */
export function traceTree(trace: Correlation): readonly TraceNode[] {
  const { events, executions, jobs, audit } = trace;
  const known = new Set(executions.map(({ id }) => id));
  const inEvents = new Set(events.map(({ id }) => id));
  const entries = (audit ?? []).map(entryNode);
  const entriesOf = Map.groupBy(entries, ({ part }) => (part.kind === 'audit' ? (part.entry.target_id ?? '') : ''));
  const place = (execution: Execution): string => {
    if (execution.parent_execution_id && known.has(execution.parent_execution_id)) return execution.parent_execution_id;
    return inEvents.has(execution.event_id) ? execution.event_id : '';
  };
  const below = Map.groupBy(executions, place);
  const executionNode = (execution: Execution): TraceNode => ({
    key: `execution ${execution.id}`,
    part: { kind: 'execution', execution },
    icon: 'executions',
    name: execution.workflow_name,
    from: timeOf(execution.started_at ?? execution.created_at),
    to: timeOf(execution.finished_at),
    status: execution.status,
    children: inTime([
      ...stepNodes(execution),
      ...(below.get(execution.id) ?? []).map(executionNode),
      ...(entriesOf.get(execution.id) ?? []),
    ]),
  });
  const roots = [
    ...events.map((event) => eventNode(event, (below.get(event.id) ?? []).map(executionNode))),
    ...(below.get('') ?? []).map(executionNode),
    // The job of an execution has its id, and is seen as the execution.
    ...(jobs ?? []).filter(({ id }) => !known.has(id)).map(jobNode),
    ...entries.filter(({ part }) => part.kind === 'audit' && !known.has(part.entry.target_id ?? '')),
  ];
  return inTime(roots);
}

function eventNode(event: Event, executions: readonly TraceNode[]): TraceNode {
  const rules = event.verdicts.map(
    (verdict): TraceNode => ({
      key: `rule ${event.id} ${verdict.trigger_id}`,
      part: { kind: 'rule', verdict, event },
      icon: 'rule',
      name: verdict.workflow_name,
      from: timeOf(verdict.decided_at),
      to: undefined,
      status: verdict.error === null ? undefined : 'failed',
      children: [],
    }),
  );
  const from = timeOf(event.received_at);
  const part = { kind: 'event', event } as const;
  const children = [...rules, ...executions];
  return {
    key: `event ${event.id}`,
    part,
    icon: 'event',
    name: event.event_type,
    from,
    to: undefined,
    status: undefined,
    children,
  };
}

function stepNodes(execution: Execution): readonly TraceNode[] {
  const known = new Set(execution.steps.map(stepKey));
  const parentOf = ({ node }: Step): string => {
    for (let place = parentPlace(node); place; place = parentPlace(place.prefix))
      if (known.has(stepKey(place))) return stepKey(place);
    return '';
  };
  const inside = Map.groupBy(execution.steps, parentOf);
  const node = (step: Step): TraceNode => {
    const request = requestOf(step);
    const key = `${execution.id} ${stepKey(step)}`;
    const shared = { from: timeOf(step.started_at), to: timeOf(step.finished_at) };
    const sent: TraceNode[] = request
      ? [
          {
            ...shared,
            key: `request ${key}`,
            part: { kind: 'request', step, execution, request },
            icon: 'globe',
            name: `${request.method} ${request.host}`,
            status: request.status === undefined && step.status === 'failed' ? 'failed' : undefined,
            children: [],
          },
        ]
      : [];
    return {
      ...shared,
      key: `step ${key}`,
      part: { kind: 'step', step, execution },
      icon: kindOf(step.type).icon,
      name: step.node.includes('/') ? `${step.node.slice(step.node.lastIndexOf('/') + 1)} [${step.iteration}]` : step.node,
      status: step.status,
      children: inTime([...sent, ...(inside.get(stepKey(step)) ?? []).map(node)]),
    };
  };
  return (inside.get('') ?? []).map(node);
}

/** A step that sends a request stores what it sent and what came back. */
export function requestOf({
  type,
  input,
  output,
  status,
}: Pick<Step, 'type' | 'input' | 'output' | 'status'>): Request | undefined {
  if (type !== 'http.request' || status === 'skipped') return undefined;
  const { url, method } = (input ?? {}) as { url?: unknown; method?: unknown };
  if (typeof url !== 'string') return undefined;
  const replied = (output as { status?: unknown } | null)?.status;
  return {
    url,
    method: typeof method === 'string' ? method.toUpperCase() : 'GET',
    host: URL.canParse(url) ? new URL(url).host : url.slice(0, 100),
    status: typeof replied === 'number' ? replied : undefined,
  };
}

function jobNode(job: NonNullable<Correlation['jobs']>[number]): TraceNode {
  const states = { blocked: 'queued', scheduled: 'waiting' } as const;
  return {
    key: `job ${job.id}`,
    part: { kind: 'job', job },
    icon: 'job',
    name: job.kind,
    from: timeOf(job.started_at ?? job.created_at),
    to: timeOf(job.finished_at),
    status: states[job.state as keyof typeof states] ?? (job.state as Status),
    children: [],
  };
}

function entryNode(entry: NonNullable<Correlation['audit']>[number]): TraceNode {
  const from = timeOf(entry.created_at);
  const part = { kind: 'audit', entry } as const;
  return {
    key: `audit ${entry.id}`,
    part,
    icon: 'audit',
    name: entry.action,
    from,
    to: undefined,
    status: undefined,
    children: [],
  };
}

function timeOf(time: string | null): number | undefined {
  return time === null ? undefined : Date.parse(time);
}

function inTime(nodes: readonly TraceNode[]): readonly TraceNode[] {
  const at = ({ from }: TraceNode) => from ?? Number.POSITIVE_INFINITY;
  return nodes.toSorted((one, other) => (at(one) === at(other) ? 0 : at(one) - at(other)));
}

/** A line of the tree. */
export interface TraceRow extends TraceNode {
  readonly level: number;
  readonly hasRows: boolean;
}

/** The tree as lines. What is below a kind that is not shown takes its place. @param isClosed whether what is below a line is left out */
export function traceRows(
  tree: readonly TraceNode[],
  { isClosed, without }: { isClosed(key: string): boolean; without: ReadonlySet<Kind> },
): readonly TraceRow[] {
  const rows: TraceRow[] = [];
  const add = (node: TraceNode, level: number) => {
    const isHidden = without.has(node.part.kind);
    const hasRows = node.children.some((child) => isShown(child, without));
    if (!isHidden) rows.push({ ...node, level, hasRows });
    if (isHidden || !isClosed(node.key)) for (const child of node.children) add(child, isHidden ? level : level + 1);
  };
  for (const node of tree) add(node, 1);
  return rows;
}

function isShown(node: TraceNode, without: ReadonlySet<Kind>): boolean {
  return !without.has(node.part.kind) || node.children.some((child) => isShown(child, without));
}

/** All parts, from top to bottom. */
export function* partsOf(tree: readonly TraceNode[]): Generator<TraceNode> {
  for (const node of tree) {
    yield node;
    yield* partsOf(node.children);
  }
}

/** Whether something of it still goes on. */
export function isLive({ events, executions, jobs }: Correlation): boolean {
  return (
    events.some(({ is_dispatched: isDispatched }) => !isDispatched) ||
    executions.some(({ finished_at: end }) => end === null) ||
    (jobs ?? []).some(({ finished_at: end }) => end === null)
  );
}
