import type { Queryable } from '../../db/index.ts';
import { createPace, type Logger, newId } from '../../kernel/index.ts';
import { decisionLimits, WorkBudget, withBudget } from '../budget.ts';
import { insertHandledEvents } from '../events/event.store.ts';
import type { StoredEvent } from '../events/event.ts';
import { toRuleInput } from '../events/event.ts';
import { admit } from '../flow/admit.ts';
import { type Candidate, keyOf } from '../flow/candidate.ts';
import { chooseStarts } from '../flow/choose-starts.ts';
import { type Admission, compileFlow } from '../flow/flow.ts';
import { type DueGathering, freeKeys, handKeysOn } from '../flow/release.store.ts';
import { insertExecutions } from '../journal/execution.store.ts';
import type { NewExecution } from '../records/new-execution.ts';
import type { Outcome } from '../triggers/trigger.store.ts';
import type { PublishedVersion } from '../workflows/workflow.store.ts';
import { errorText } from './verdict.ts';

/** Events that start one execution together. */
export interface Group {
  readonly gathering: DueGathering;
  readonly version: PublishedVersion;
  readonly members: readonly { readonly eventId: string; readonly triggerId: string; readonly bytes: number }[];
}

/** What the event of a batch is called; those it stands for are `payload.events`. */
const BATCH_TYPE = 'events.batch';

interface Start extends Group {
  readonly events: readonly StoredEvent[];
  readonly candidate: Candidate;
}

/** Starts an execution for each group; returns what became of each of their events. */
export async function startGroups(
  transaction: Queryable,
  { groups, events, logger }: { groups: readonly Group[]; events: ReadonlyMap<string, StoredEvent>; logger: Logger },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const unstarted = new Set<string>();
  const starts: Start[] = [];
  const pace = createPace();
  for (const group of groups) {
    await pace();
    const found = group.members.flatMap(({ eventId }) => events.get(eventId) ?? []);
    if (found.length === 0) continue;
    try {
      starts.push(plan(group, found));
    } catch (cause) {
      const { id: gathering_id, tenant_id, workflow_id } = group.gathering;
      const error = errorText(cause);
      logger.warn({ gathering_id, tenant_id, workflow_id, reason: error }, 'gathered events start nothing');
      outcomes.push(...group.members.map(({ eventId, triggerId }) => ({ eventId, triggerId, error })));
      for (const { eventId } of group.members) unstarted.add(eventId);
    }
  }
  const ofStart = new Map(starts.map((start) => [start.candidate, start]));
  // The events of a batch have brought their keys along.
  const chosen = await chooseStarts(
    transaction,
    starts.map(({ candidate }) => candidate),
    (candidate) => (ofStart.get(candidate)?.gathering.mode === 'debounce' ? keyOf(candidate) : undefined),
  );
  const first = chosen.started.flatMap((candidate) => ofStart.get(candidate) ?? []);
  await insertHandledEvents(transaction, first.filter(({ gathering }) => gathering.mode === 'batch').map(toBatchEvent));
  await insertExecutions(
    transaction,
    first.map(({ candidate }) => candidate.execution),
  );
  await admit(
    transaction,
    first.map(({ candidate }) => candidate),
  );
  await handKeysOn(
    transaction,
    first.map(({ candidate, members }) => ({
      executionId: candidate.execution.id,
      eventIds: members.map(({ eventId }) => eventId),
    })),
  );
  for (const { candidate, members } of starts) {
    const outcome = chosen.outcomeOf(candidate);
    if (outcome.executionId === null) for (const { eventId } of members) unstarted.add(eventId);
    outcomes.push(...members.map(({ eventId, triggerId }) => ({ eventId, triggerId, ...outcome })));
  }
  await freeKeys(transaction, [...unstarted]);
  return outcomes;
}

function plan(group: Group, events: readonly StoredEvent[]): Start {
  const { gathering, version } = group;
  const last = events.at(-1) as StoredEvent;
  const execution: NewExecution = {
    id: newId(),
    tenantId: gathering.tenant_id,
    workflowId: gathering.workflow_id,
    workflowVersion: version.version,
    versionId: version.id,
    eventId: gathering.mode === 'batch' ? newId() : last.id,
    triggerId: group.members.at(-1)?.triggerId ?? gathering.trigger_id,
    traceId: last.traceId,
  };
  return { ...group, events, candidate: { execution, admission: admissionOf(version, last) } };
}

function admissionOf({ settings }: PublishedVersion, event: StoredEvent): Admission {
  return withBudget(new WorkBudget(decisionLimits), () => compileFlow(settings)(toRuleInput(event)));
}

function toBatchEvent({ events, candidate: { execution } }: Start) {
  return {
    id: execution.eventId,
    tenantId: execution.tenantId,
    traceId: execution.traceId,
    eventType: BATCH_TYPE,
    source: 'automate',
    payload: { count: events.length, events: events.map(toRuleInput) },
    idempotencyKey: null,
    occurredAt: null,
    hops: Math.max(...events.map(({ hops }) => hops)),
  };
}
