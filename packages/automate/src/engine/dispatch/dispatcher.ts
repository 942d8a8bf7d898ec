import type { Db, Queryable } from '../../db/index.ts';
import type { Logger } from '../../kernel/index.ts';
import { fits } from '../triggers/fits.ts';
import type { TriggerCache } from '../triggers/trigger-cache.ts';
import type { Decided } from './decide.ts';
import { decideAtOnce } from './decide-at-once.ts';
import { DecidedEvents, type Stored } from './decided-events.ts';
import { isolates } from './isolates.ts';
import { FIRST_TENANT, headOfOutbox, takeFromOutbox } from './outbox.store.ts';
import { createSlowLane, type SlowLane } from './slow-lane.ts';
import { storeDecided } from './store-decided.ts';
import { UndispatchableEvents } from './undispatchable.ts';

/** Most events of one transaction, and about how many bytes of payloads. */
const BATCH = 250;
const MAXIMUM_BYTES = 8 * 1_048_576;

export interface Dispatcher {
  /**
   * Decides about events: which triggers fit, and so which workflows run. No tenant takes more than its share of a round, and what
   * cannot be stored for one event ends that event with an error in its verdicts.
   */
  round(): Promise<Dispatched>;
  stop(): Promise<void>;
}

export interface Dispatched extends Stored {
  /** Whether there may be more to take at once. */
  readonly isBusy: boolean;
}

const NOTHING: Dispatched = { count: 0, lanes: [], hasGathered: false, isBusy: false };

export interface DispatcherOptions {
  readonly db: Db;
  readonly triggers: TriggerCache;
  readonly logger: Logger;
  /** Most executions in a row that an event of a tenant may have come about by; at once for a tenant in use. */
  maximumHops(tenantId: string): number | Promise<number>;
  /** Called with what was dispatched between rounds. */
  onDispatched(dispatched: Dispatched): void;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new OutboxDispatcher(options);
}

class OutboxDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #undispatchable: UndispatchableEvents;
  readonly #decided: DecidedEvents;
  readonly #lane: SlowLane;
  /** The tenant behind which the next round begins. */
  #after = FIRST_TENANT;
  #limit = BATCH;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#undispatchable = new UndispatchableEvents(options);
    this.#decided = new DecidedEvents(options.db, this.#undispatchable);
    this.#lane = createSlowLane({
      ...options,
      store: async (decided) => options.onDispatched({ ...(await this.#decided.store(decided)), isBusy: false }),
    });
  }

  async round(): Promise<Dispatched> {
    let decided: readonly Decided[] = [];
    const onDecided = (those: readonly Decided[]) => {
      decided = those;
    };
    try {
      const { slow, ...dispatched } = await this.#options.db.transaction((transaction) => this.#dispatch(transaction, onDecided));
      this.#limit = BATCH;
      this.#lane.add(slow);
      return dispatched;
    } catch (error) {
      if (!isolates(error)) throw error;
      if (decided.length > 0) return { ...(await this.#decided.store(decided)), isBusy: true };
      await this.#takeLess(error);
      return { ...NOTHING, isBusy: true };
    }
  }

  stop(): Promise<void> {
    return this.#lane.stop();
  }

  /** @param onDecided called before it is stored */
  async #dispatch(
    transaction: Queryable,
    onDecided: (decided: readonly Decided[]) => void,
  ): Promise<Dispatched & { readonly slow: Iterable<string> }> {
    const { triggers, logger } = this.#options;
    const before = this.#after;
    const place = { limit: this.#limit, bytes: MAXIMUM_BYTES, after: before, except: [...this.#lane.tenants] };
    const taken = await takeFromOutbox(transaction, place);
    this.#after = taken.next;
    const isWrapping = before !== FIRST_TENANT && taken.next === FIRST_TENANT;
    if (taken.places.length === 0) return { ...NOTHING, isBusy: isWrapping, slow: [] };
    const known = await triggers.get(transaction, [...new Set(taken.events.map(({ tenantId }) => tenantId))]);
    const maximumHops = (tenantId: string) => this.#hopsAtOnce(tenantId);
    const { decided, slow } = decideAtOnce(taken.events, known, { logger, maximumHops });
    onDecided(decided);
    const left = new Set(decided.map(({ event }) => event.id));
    const waiting = new Set(taken.events.flatMap(({ id }) => (left.has(id) ? [] : id)));
    // An event that is gone has nothing to decide.
    const places = taken.places.filter(({ eventId }) => !waiting.has(eventId));
    const stored = await storeDecided(transaction, decided, { places, isAwaited: taken.isAwaited });
    return { count: decided.length, ...stored, isBusy: true, slow };
  }

  /** What is not in memory would have to be asked for, which nobody does within a transaction. */
  #hopsAtOnce(tenantId: string): number | undefined {
    const maximum = this.#options.maximumHops(tenantId);
    if (typeof maximum === 'number') return maximum;
    maximum.catch(() => undefined);
    return undefined;
  }

  /** Events could not even be read together: fewer, and in the end the first of them is given up unread. */
  async #takeLess(error: unknown): Promise<void> {
    if (this.#limit > 1) {
      this.#limit = Math.floor(this.#limit / 2);
      return;
    }
    const { db, triggers } = this.#options;
    const head = await headOfOutbox(db, this.#after, [...this.#lane.tenants]);
    if (!head) throw error;
    const known = (await triggers.get(db, [head.tenantId])).get(head.tenantId) ?? [];
    await this.#undispatchable.add({ ...head, deciders: known.filter((trigger) => fits(trigger, head)) }, error);
  }
}
