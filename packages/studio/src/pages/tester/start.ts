import { useQuery } from '@tanstack/react-query';
import type { WorkflowDetail } from 'automate-client';
import { api } from '../../api.ts';
import { useRuleCases } from '../../data/rule-cases.ts';
import type { TesterSearch } from './search.ts';

/** What one begins with. */
export interface Start {
  readonly rule: unknown;
  readonly event: unknown;
  readonly workflow: WorkflowDetail | undefined;
  /** Whether what the address names has no rule. */
  readonly hasNoRule: boolean;
}

const RULE = { '>': [{ var: 'payload.amount' }, 100] };
const EVENT = { type: 'order.created', source: 'shop', payload: { amount: 120 } };

/** What the address names, read: a rule of a workflow, an event that came in, a case. */
export function useStart({ workflow: workflowId, trigger, step, event_id: eventId, case: caseId }: TesterSearch) {
  const workflow = useQuery({
    queryKey: ['workflow', workflowId],
    queryFn: ({ signal }) => api.workflows.retrieve(workflowId ?? '', {}, { signal }),
    enabled: workflowId !== undefined,
  });
  const event = useQuery({
    queryKey: ['event', eventId],
    queryFn: ({ signal }) => api.events.retrieve(eventId ?? '', {}, { signal }),
    enabled: eventId !== undefined,
  });
  const cases = useRuleCases(caseId === undefined ? undefined : workflowId);
  const error = workflow.error ?? event.error ?? cases.error;
  const isWaiting =
    (workflowId !== undefined && !workflow.data) ||
    (eventId !== undefined && !event.data) ||
    (caseId !== undefined && workflowId !== undefined && !cases.data);
  const found = cases.data?.results.find(({ id }) => id === caseId);
  const rule = ruleOf(workflow.data, { trigger, step });
  const start: Start = {
    rule: rule ?? (workflow.data ? true : RULE),
    event: found?.event ?? (event.data ? asRulesSee(event.data) : sampleOf(workflow.data, { trigger, step })),
    workflow: workflow.data,
    hasNoRule: workflow.data !== undefined && rule === undefined,
  };
  const retry = () => void Promise.all([workflow.refetch(), event.refetch()]);
  return { start, error: isWaiting ? error : null, isWaiting, retry };
}

interface Place {
  readonly trigger: number | undefined;
  readonly step: string | undefined;
}

function ruleOf(workflow: WorkflowDetail | undefined, { trigger = 0, step }: Place): unknown {
  if (!workflow) return undefined;
  return (
    (step === undefined ? workflow.triggers[trigger]?.filter : nodeAt(workflow.graph.nodes, step)?.config?.condition) ?? undefined
  );
}

interface NodeLike {
  readonly id: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** @param path ids of nodes, those of loops and groups before those within */
function nodeAt(nodes: readonly NodeLike[], path: string): NodeLike | undefined {
  const [id, ...rest] = path.split('/');
  const found = nodes.find((node) => node.id === id);
  if (rest.length === 0 || !found) return found;
  const body = Object.values(found.config ?? {}).find((value) => Array.isArray((value as { nodes?: unknown } | null)?.nodes));
  return nodeAt((body as { nodes?: readonly NodeLike[] } | undefined)?.nodes ?? [], rest.join('/'));
}

/** An event that might come, as far as the trigger tells. */
function sampleOf(workflow: WorkflowDetail | undefined, { trigger = 0, step }: Place): unknown {
  if (!workflow) return EVENT;
  const type = workflow.triggers[trigger]?.event_type?.replace('*', 'example') ?? EVENT.type;
  const event = { ...EVENT, type };
  return step === undefined ? event : { event, steps: {} };
}

export function asRulesSee(event: {
  readonly id: string;
  readonly event_type: string;
  readonly source: string;
  readonly payload: unknown;
  readonly occurred_at: string;
}): unknown {
  const { id, event_type: type, source, payload, occurred_at } = event;
  return { id, type, source, payload, occurred_at };
}
