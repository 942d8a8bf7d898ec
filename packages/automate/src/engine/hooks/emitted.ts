import { type Db, isBadStatement, type Queryable } from '../../db/index.ts';
import { errorMessage, halve, type Logger } from '../../kernel/index.ts';
import type { NewEvent, Receipt } from '../events/event.ts';
import { outcomesOf, transactionId } from './emitted.store.ts';

/** Watches for the commits of others, in whose transactions events were stored. */
export interface EmittedEvents {
  /** Watches for this event from now on; call it in the transaction that stored it. */
  watch(transaction: Queryable, receipt: Receipt, event: NewEvent): Promise<void>;
  /** Looks once more, and then no longer. */
  close(): Promise<void>;
}

interface Watched {
  readonly eventId: string;
  readonly receipt: Receipt;
  readonly event: NewEvent;
  readonly transactionId: string;
  /** Whether its transaction was over when it was looked for: a commit in that moment would be seen by the next look. */
  wasOver: boolean;
}

const FIRST_LOOK_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
const MAXIMUM_WATCHED = 1_000;

export function createEmittedEvents(options: {
  db: Db;
  logger: Logger;
  onCommitted(receipts: readonly Receipt[], events: readonly NewEvent[]): void;
}): EmittedEvents {
  const { db, logger, onCommitted } = options;
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let pause = FIRST_LOOK_MS;

  async function look(): Promise<void> {
    timer = undefined;
    const committed: Watched[] = [];
    try {
      const { done, refused } = await halve([...watched.values()], (part) => outcomesOf(db, part), isBadStatement);
      for (const { eventId, isThere, isOver } of done.flat()) {
        const one = watched.get(eventId);
        if (one && isThere) committed.push(one);
        if (isThere || one?.wasOver) watched.delete(eventId);
        else if (one) one.wasOver = isOver;
      }
      for (const { item, error } of refused) {
        watched.delete(item.eventId);
        logger.warn({ event_id: item.eventId, reason: errorMessage(error) }, 'no hook is called with an emitted event');
      }
    } catch (error) {
      logger.debug({ reason: errorMessage(error) }, 'emitted events could not be looked for, trying again');
    }
    if (committed.length > 0)
      onCommitted(
        committed.map(({ receipt }) => receipt),
        committed.map(({ event }) => event),
      );
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    if (watched.size > 0) timer ??= setTimeout(() => void look(), pause).unref();
  }

  return {
    async watch(transaction, receipt, event) {
      const { eventId } = receipt;
      if (watched.size >= MAXIMUM_WATCHED) {
        logger.warn({ event_id: eventId }, 'too many emitted events are not committed: no hook is called with this one');
        return;
      }
      const id = await transactionId(transaction);
      watched.set(eventId, { eventId, receipt, event, transactionId: id, wasOver: false });
      pause = FIRST_LOOK_MS;
      clearTimeout(timer);
      timer = setTimeout(() => void look(), pause).unref();
    },
    async close() {
      clearTimeout(timer);
      if (watched.size > 0) await look();
      clearTimeout(timer);
    },
  };
}
