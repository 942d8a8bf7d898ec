import type { Db, Queryable } from '../../db/index.ts';
import type { ClaimedJob, JobContext, JobHandler } from '../../jobs/index.ts';
import { notifyJobs } from '../../jobs/index.ts';
import { createPace, errorMessage, estimateSize, type JsonObject, newId } from '../../kernel/index.ts';
import { findEvents } from '../events/event.store.ts';
import { type StoredEvent, toRuleInput } from '../events/event.ts';
import { type EventWait, type EventWaitKey, eventSignal } from '../events/event-wait.ts';
import { eventHash, isMatch } from '../events/match.ts';
import { matchesPattern } from '../events/pattern.ts';
import { insertSignals } from '../signals/signal.store.ts';
import { shapesOf, takeWaits, waitPage } from './event-wait.store.ts';
import { EVENT_DELIVERY } from './jobs.ts';
import { lookBack } from './look-back.ts';

/** Most of those who wait in one transaction, and bytes of what they are handed. */
const PAGE = 500;
const PAGE_BYTES = 8 * 1_048_576;

export interface EventDeliveryOptions {
  readonly db: Db;
  /** Called, after the commit, with the executions that were notified. */
  notify(executionIds: readonly string[]): void;
  /** Lets executions that wait for an event to cancel them end; their jobs are locked. */
  cancel(transaction: Queryable, executionIds: readonly string[]): Promise<unknown>;
}

/** Hands events to the executions that wait for them. Each is handed one event, whatever dies meanwhile. */
export function eventDeliveryHandler(options: EventDeliveryOptions): JobHandler {
  const { db } = options;
  return {
    kind: EVENT_DELIVERY,
    async run(job, context) {
      const { event_id: eventId, execution_id: executionId, step } = job.payload as Record<string, string>;
      const hand = (event: StoredEvent, waits: readonly EventWaitKey[]) => handOver(options, event, waits);
      if (executionId !== undefined && step !== undefined) {
        return lookBack({ db, job, context, wait: { executionId, step }, hand });
      }
      const event = (await findEvents(db, [eventId as string])).get(eventId as string);
      if (!event) return { type: 'succeeded' }; // deleted, since its time was over
      return (await deliver(db, event, { job, context, hand })) ? { type: 'succeeded' } : { type: 'released' };
    },
  };
}

interface Delivering {
  readonly job: ClaimedJob;
  readonly context: JobContext;
  hand(event: StoredEvent, waits: readonly EventWaitKey[]): Promise<void>;
}

/** Whether it is done; else it is left to another worker. */
async function deliver(db: Db, event: StoredEvent, { job, context, hand }: Delivering): Promise<boolean> {
  const input = toRuleInput(event);
  const limit = Math.max(1, Math.min(PAGE, Math.floor(PAGE_BYTES / (1_000 + estimateSize(event.payload)))));
  const shapes = (await shapesOf(db, [event.tenantId])).get(event.tenantId) ?? [];
  for (const shape of shapes) {
    if (!matchesPattern(shape.eventType, event.eventType)) continue;
    const by = { tenantId: job.tenantId, shape: shape.text, hash: eventHash(shape.paths, input), limit };
    let after: EventWaitKey | undefined;
    for (;;) {
      if (context.signal.aborted || context.isDraining()) return false;
      const waits = await waitPage(db, { ...by, after });
      const matching = await those(waits, input, context);
      if (matching.length > 0) await hand(event, matching);
      if (waits.length < limit) break;
      after = waits.at(-1);
    }
  }
  return true;
}

/** Those whose rules hold. */
async function those(waits: readonly EventWait[], event: JsonObject, { logger }: JobContext): Promise<EventWait[]> {
  const found: EventWait[] = [];
  const failed: { readonly executionId: string; readonly error: unknown }[] = [];
  const pace = createPace();
  for (const wait of waits) {
    await pace();
    try {
      if (isMatch(wait, event)) found.push(wait);
    } catch (error) {
      failed.push({ executionId: wait.executionId, error });
    }
  }
  // One line for all: they wait by the same few rules.
  const [first] = failed;
  if (first) {
    const about = { execution_id: first.executionId, count: failed.length, reason: errorMessage(first.error) };
    logger.warn(about, 'matches for an event could not be evaluated');
  }
  return found;
}

async function handOver(
  { db, notify, cancel }: EventDeliveryOptions,
  event: StoredEvent,
  waits: readonly EventWaitKey[],
): Promise<void> {
  const notified = await db.transaction(async (transaction) => {
    const taken = await takeWaits(transaction, event.id, waits);
    const steps = taken.filter(({ step }) => step !== '');
    const data = toRuleInput(event);
    await insertSignals(
      transaction,
      steps.map(({ executionId, step }) => ({
        id: newId(),
        tenantId: event.tenantId,
        executionId,
        name: eventSignal(step),
        data,
        sentBy: `event:${event.id}`,
      })),
    );
    await notifyJobs(
      transaction,
      steps.map(({ executionId }) => executionId),
    );
    // One that is being undone by now is cancelled no more, and stands in nobody's way.
    await cancel(transaction, cancelled(taken));
    return taken.map(({ executionId }) => executionId);
  });
  notify([...new Set(notified)]);
}

function cancelled(taken: readonly EventWaitKey[]): string[] {
  return [...new Set(taken.flatMap(({ step, executionId }) => (step === '' ? executionId : [])))];
}
