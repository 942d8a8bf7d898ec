import type { Db } from '../../db/index.ts';
import type { ClaimedJob, JobContext, JobOutcome } from '../../jobs/index.ts';
import { createPace, errorMessage } from '../../kernel/index.ts';
import { findEvents } from '../events/event.store.ts';
import { type StoredEvent, toRuleInput } from '../events/event.ts';
import type { EventWaitKey } from '../events/event-wait.ts';
import { eventHash, isMatch } from '../events/match.ts';
import { eventsBehind, eventsHandedTo, findWaits, startEventOf } from './event-wait.store.ts';

/** Most events that are looked at, and bytes of them in memory. */
const MOST = 10_000;
const BYTES = 8 * 1_048_576;

export interface LookBackOptions {
  readonly db: Db;
  readonly job: ClaimedJob;
  readonly context: JobContext;
  readonly wait: Pick<EventWaitKey, 'executionId' | 'step'>;
  hand(event: StoredEvent, waits: readonly EventWaitKey[]): Promise<void>;
}

/**
 * Hands a step the first event that has come since its execution started. Whatever came before the step was stored as waiting is found
 * here, and whatever is dispatched later finds the step. A node is handed no event twice, so a loop gets one after the other.
 */
export async function lookBack({ db, context, wait, hand }: LookBackOptions): Promise<JobOutcome> {
  const found = await findWaits(db, wait);
  const start = found.length > 0 ? await startEventOf(db, wait.executionId) : undefined;
  if (start === undefined) return { type: 'succeeded' };
  const handed = await eventsHandedTo(db, wait.executionId, wait.step.slice(0, wait.step.lastIndexOf(':')));
  const pace = createPace();
  for (const one of found) {
    const { tenantId, shape } = one;
    const ids = await eventsBehind(db, { tenantId, eventType: shape.eventType, after: start, limit: MOST });
    for (const part of parts(ids.filter(({ id }) => !handed.has(id)))) {
      if (context.signal.aborted || context.isDraining()) return { type: 'released' };
      const events = await findEvents(db, part);
      for (const id of part) {
        await pace();
        const event = events.get(id);
        if (!event || !fits(event, one)) continue;
        await hand(event, [one]);
        return { type: 'succeeded' };
      }
    }
  }
  return { type: 'succeeded' };

  function fits(event: StoredEvent, { shape, hash, ...match }: (typeof found)[number]): boolean {
    const input = toRuleInput(event);
    try {
      return eventHash(shape.paths, input) === hash && isMatch(match, input);
    } catch (error) {
      context.logger.warn({ event_id: event.id, reason: errorMessage(error) }, 'a match for an event could not be evaluated');
      return false;
    }
  }
}

/** As many at a time as have room in memory, one at least. */
function* parts(events: readonly { readonly id: string; readonly bytes: number }[]): Generator<string[]> {
  let part: string[] = [];
  let bytes = 0;
  for (const event of events) {
    if (part.length > 0 && (bytes + event.bytes > BYTES || part.length === 200)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(event.id);
    bytes += event.bytes;
  }
  if (part.length > 0) yield part;
}
