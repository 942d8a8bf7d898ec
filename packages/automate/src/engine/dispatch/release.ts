import type { Db, Queryable } from '../../db/index.ts';
import { type Logger, newId } from '../../kernel/index.ts';
import { findEvents, insertHandledEvents } from '../events/event.store.ts';
import type { StoredEvent } from '../events/event.ts';
import { insertExecutions, type NewExecution } from '../executions/execution.store.ts';
import { admit } from '../flow/admit.ts';
import type { Candidate } from '../flow/candidate.ts';
import { findSkipped, skippedBecause } from '../flow/concurrency.ts';
import { claimKeys, type DueGathering, releaseKeys, takeDue } from '../flow/flow.store.ts';
import { compileFlow } from '../flow/flow.ts';
import { noteStarted } from '../triggers/trigger.store.ts';
import { findPublished, type PublishedVersion } from '../workflows/workflow.store.ts';
import { keyOf, ruleInput } from './dispatcher.ts';

const LIMIT = 100;
/** What the event of a batch is called; those it stands for are `payload.events`. */
const BATCH_TYPE = 'events.batch';

interface Start {
  readonly gathering: DueGathering;
  readonly events: readonly StoredEvent[];
  readonly candidate: Candidate;
}

/**
 * Starts executions for events that were gathered, once their time has come. It is the version published then that runs.
 * @returns how many gatherings were released
 */
export function releaseGatherings({ db, logger }: { db: Db; logger: Logger }): Promise<number> {
  return db.transaction(async (transaction) => {
    const due = await takeDue(transaction, LIMIT);
    if (due.length === 0) return 0;
    const published = await findPublished(transaction, [...new Set(due.map(({ workflow_id }) => workflow_id))]);
    const events = await findEvents(
      transaction,
      due.flatMap(({ event_ids }) => event_ids),
    );
    const starts = due.flatMap((gathering) => {
      const version = published.get(gathering.workflow_id);
      if (version) return plan(gathering, version, events);
      logger.info({ workflow_id: gathering.workflow_id }, 'gathered events start nothing: their workflow was archived');
      return [];
    });
    await start(transaction, starts);
    return due.length;
  });
}

function plan(gathering: DueGathering, version: PublishedVersion, known: ReadonlyMap<string, StoredEvent>): Start[] {
  const events = gathering.event_ids.flatMap((id) => known.get(id) ?? []);
  const size = gathering.mode === 'debounce' ? events.length : (version.settings.batch?.size ?? events.length);
  const groups = Array.from({ length: Math.ceil(events.length / Math.max(size, 1)) }, (_, index) =>
    events.slice(index * size, (index + 1) * size),
  );
  const flow = compileFlow(version.settings);
  return groups.map((group) => {
    const last = group.at(-1) as StoredEvent;
    const execution: NewExecution = {
      id: newId(),
      tenantId: gathering.tenant_id,
      workflowId: gathering.workflow_id,
      workflowVersion: version.version,
      versionId: version.id,
      eventId: gathering.mode === 'batch' ? newId() : last.id,
      triggerId: gathering.trigger_id,
      traceId: last.traceId,
    };
    return { gathering, events: group, candidate: { execution, admission: flow(ruleInput(last)) } };
  });
}

async function start(transaction: Queryable, starts: readonly Start[]): Promise<void> {
  const holders = await claimKeys(
    transaction,
    starts.flatMap(({ candidate }) => keyOf(candidate) ?? []),
  );
  const holderOf = ({ candidate }: Start) => holders.get(candidate.execution.id) ?? candidate.execution.id;
  const unique = starts.filter((one) => holderOf(one) === one.candidate.execution.id);
  const skipped = await findSkipped(
    transaction,
    unique.map(({ candidate }) => candidate),
  );
  await releaseKeys(transaction, [...skipped]);
  const first = unique.filter(({ candidate }) => !skipped.has(candidate));
  await insertHandledEvents(transaction, first.filter(({ gathering }) => gathering.mode === 'batch').map(toBatchEvent));
  await insertExecutions(
    transaction,
    first.map(({ candidate }) => candidate.execution),
  );
  await admit(
    transaction,
    first.map(({ candidate }) => candidate),
  );
  await noteStarted(
    transaction,
    starts.map((one) => ({
      triggerId: one.gathering.trigger_id,
      eventIds: one.events.map(({ id }) => id),
      ...(skipped.has(one.candidate)
        ? { executionId: null, error: skippedBecause(one.candidate) }
        : { executionId: holderOf(one), error: null }),
    })),
  );
}

function toBatchEvent({ events, candidate: { execution } }: Start) {
  return {
    id: execution.eventId,
    tenantId: execution.tenantId,
    traceId: execution.traceId,
    eventType: BATCH_TYPE,
    source: 'automate',
    payload: { count: events.length, events: events.map(ruleInput) },
    idempotencyKey: null,
    occurredAt: null,
  };
}
