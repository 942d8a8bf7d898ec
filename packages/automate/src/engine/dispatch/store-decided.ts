import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { newId } from '../../kernel/index.ts';
import { awaitedEvents } from '../event-waits/awaited.ts';
import { deliveryJob } from '../event-waits/jobs.ts';
import { admit } from '../flow/admit.ts';
import { type Candidate, keyOf } from '../flow/candidate.ts';
import { chooseStarts } from '../flow/choose-starts.ts';
import { claimForBatch, type GatheredEvent, gather } from '../flow/gather.store.ts';
import { insertExecutions } from '../journal/execution.store.ts';
import type { NewExecution } from '../records/new-execution.ts';
import { insertVerdicts, type NewVerdict } from '../triggers/trigger.store.ts';
import type { Decided, Decision } from './decide.ts';
import { leaveOutbox, type Place } from './outbox.store.ts';

/**
 * Stores verdicts with what they start, and takes the events out of the outbox. All of it is the caller's transaction, so each event is
 * dispatched exactly once whatever dies in between.
 * @param options.places of these events and of such that are gone, all locked in this transaction
 * @param options.isAwaited whether somebody may have waited for one of them already
 * @returns the lanes in which there is work because of them, and whether some wait to start something together
 */
export async function storeDecided(
  transaction: Queryable,
  decided: readonly Decided[],
  { places, isAwaited }: { readonly places: readonly Place[]; readonly isAwaited: boolean },
): Promise<{ readonly lanes: string[]; readonly hasGathered: boolean }> {
  const decisions = decided.flatMap((one) => one.decisions);
  const candidates = new Map<Decision, Candidate>();
  const gathered = new Map<Decision, GatheredEvent>();
  for (const decision of decisions) {
    const { admission, trigger } = decision;
    if (admission?.gathering) gathered.set(decision, toGathered(decision, admission));
    else if (admission) candidates.set(decision, { admission, priority: trigger.priority, execution: toExecution(decision) });
  }
  const known = await claimForBatch(transaction, [...gathered.values()]);
  const { started, outcomeOf } = await chooseStarts(transaction, [...candidates.values()], keyOf);

  function startOf(decision: Decision): Pick<NewVerdict, 'executionId' | 'note'> {
    const event = gathered.get(decision);
    if (event) {
      if (known.has(event)) return { executionId: known.get(event) ?? null, note: 'duplicate' };
      return { executionId: null, note: event.mode === 'batch' ? 'batched' : 'debounced' };
    }
    const candidate = candidates.get(decision);
    return candidate ? outcomeOf(candidate) : { executionId: null, note: null };
  }

  // None of them depends on what another one answers.
  await Promise.all([
    leaveOutbox(transaction, places),
    insertExecutions(
      transaction,
      started.map(({ execution }) => execution),
    ),
    admit(transaction, started),
    gather(
      transaction,
      [...gathered.values()].filter((event) => !known.has(event)),
    ),
    insertVerdicts(
      transaction,
      decisions.map((decision) => ({ ...toVerdict(decision), ...startOf(decision) })),
    ),
  ]);
  // What was started by one of these events may be cancelled by the next.
  const hasCancellers = started.some(({ admission }) => admission.cancelledBy.length > 0);
  const events = decided.map(({ event }) => event);
  const awaited = isAwaited || hasCancellers ? await awaitedEvents(transaction, events) : [];
  await enqueue(transaction, awaited.map(deliveryJob));
  const lanes = new Set([
    ...decisions.flatMap(({ admission, event }) => (admission ? event.tenantId : [])),
    ...awaited.map(({ tenantId }) => tenantId),
  ]);
  return { lanes: [...lanes], hasGathered: gathered.size > 0 };
}

function toExecution({ event, trigger }: Decision): NewExecution {
  return {
    id: newId(),
    tenantId: event.tenantId,
    workflowId: trigger.workflowId,
    workflowVersion: trigger.workflowVersion,
    versionId: trigger.versionId,
    eventId: event.id,
    triggerId: trigger.id,
    traceId: event.traceId,
  };
}

function toGathered(
  { event, trigger }: Decision,
  { gathering, idempotencyKey }: NonNullable<Decision['admission']>,
): GatheredEvent {
  const { mode, key, seconds, ...more } = gathering as NonNullable<typeof gathering>;
  return {
    triggerId: trigger.id,
    meaning: trigger.meaning,
    key,
    tenantId: event.tenantId,
    workflowId: trigger.workflowId,
    mode,
    eventId: event.id,
    bytes: event.bytes,
    seconds,
    maximumSeconds: 'maximumSeconds' in more ? (more.maximumSeconds ?? null) : null,
    size: 'size' in more ? more.size : null,
    idempotencyKey,
  };
}

function toVerdict({ event, trigger, admission, error }: Decision): Omit<NewVerdict, 'executionId' | 'note'> {
  return {
    eventId: event.id,
    triggerId: trigger.id,
    tenantId: event.tenantId,
    workflowId: trigger.workflowId,
    isMatch: admission !== undefined,
    error,
  };
}
