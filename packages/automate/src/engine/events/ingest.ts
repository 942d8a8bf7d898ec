import { type Db, isBadStatement, type Queryable } from '../../db/index.ts';
import { createBatcher, estimateSize, newId } from '../../kernel/index.ts';
import { insertEvents } from './event.store.ts';
import type { NewEvent, Receipt } from './event.ts';
import { withHops } from './hops.store.ts';

/** Most bytes of payloads in one statement. */
const MAXIMUM_BYTES = 8 * 1_048_576;

/** The way in for events. */
export interface EventIntake {
  /** Stores events; resolves when they are on disk. Concurrent callers share a commit. */
  accept(events: readonly NewEvent[]): Promise<Receipt[]>;
  /** Stores an event in the caller's own transaction: it exists if and only if that commits. */
  emit(transaction: Queryable, event: NewEvent): Promise<Receipt>;
}

export function createIngest({
  db,
  onStored,
}: {
  db: Db;
  onStored(receipts: readonly Receipt[], events: readonly NewEvent[]): void;
}): EventIntake {
  const store = createBatcher<{ event: NewEvent; size: number }, Receipt>({
    maxItems: 1_000,
    weigh: ({ size }) => size,
    maxWeight: MAXIMUM_BYTES,
    isolates: isBadStatement,
    async flush(items) {
      const events = await withHops(
        db,
        items.map(({ event }) => ({ ...event, id: newId() })),
      );
      const receipts = await insertEvents(db, events);
      onStored(
        receipts,
        items.map(({ event }) => event),
      );
      return receipts;
    },
  });
  return {
    accept: (events) => Promise.all(events.map((event) => store({ event, size: 200 + estimateSize(event.payload) }))),
    async emit(transaction, event) {
      const [receipt] = await insertEvents(transaction, [{ ...event, id: newId() }]);
      return receipt as Receipt;
    },
  };
}
