import type { Db, Queryable } from '../../db/index.ts';
import { halve } from '../../kernel/index.ts';
import type { Decided } from './decide.ts';
import { isolates } from './isolates.ts';
import { lockInOutbox } from './outbox.store.ts';
import { storeDecided } from './store-decided.ts';
import type { UndispatchableEvents } from './undispatchable.ts';

export interface Stored {
  readonly count: number;
  /** Lanes in which there is work because of them. */
  readonly lanes: readonly string[];
  /** Whether some of them wait to start something together. */
  readonly hasGathered: boolean;
}

/** Stores what was decided outside of the round that took it, as far as nobody else has dispatched it meanwhile. */
export class DecidedEvents {
  readonly #db: Db;
  readonly #undispatchable: UndispatchableEvents;

  constructor(db: Db, undispatchable: UndispatchableEvents) {
    this.#db = db;
    this.#undispatchable = undispatchable;
  }

  /** Each part in a transaction of its own; what is at fault stands alone in the end. */
  async store(decided: readonly Decided[]): Promise<Stored> {
    const store = (part: readonly Decided[]) => this.#db.transaction((transaction) => storeThose(transaction, part));
    const { done, refused } = await halve(decided, store, isolates);
    for (const { item, error } of refused)
      await this.#undispatchable.add({ ...item.event, deciders: item.decisions.map(({ trigger }) => trigger) }, error);
    return {
      count: done.reduce((sum, { count }) => sum + count, refused.length),
      lanes: [...new Set(done.flatMap(({ lanes }) => lanes))],
      hasGathered: done.some(({ hasGathered }) => hasGathered),
    };
  }
}

async function storeThose(transaction: Queryable, part: readonly Decided[]): Promise<Stored> {
  const places = await lockInOutbox(
    transaction,
    part.map(({ event }) => event),
  );
  const mine = new Set(places.map(({ eventId }) => eventId));
  const decided = part.filter(({ event }) => mine.has(event.id));
  return { count: decided.length, ...(await storeDecided(transaction, decided, { places, isAwaited: true })) };
}
