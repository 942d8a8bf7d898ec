import type { Db, Queryable } from '../../db/index.ts';
import { errorMessage, halve, type Logger } from '../../kernel/index.ts';
import { fits } from '../triggers/fits.ts';
import { insertVerdicts } from '../triggers/trigger.store.ts';
import type { CompiledTrigger, TriggerCache } from '../triggers/trigger-cache.ts';
import type { Decided } from './decide.ts';
import { decideAtOnce } from './decide-at-once.ts';
import { createStrikes, isolates } from './isolates.ts';
import { FIRST_TENANT, type Head, headOfOutbox, leaveOutbox, lockInOutbox, takeFromOutbox } from './outbox.store.ts';
import { createSlowLane } from './slow-lane.ts';
import { storeDecided } from './store-decided.ts';
import { errorText } from './verdict.ts';

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

export interface Dispatched {
  readonly count: number;
  /** Lanes in which there is work because of them. */
  readonly lanes: readonly string[];
  /** Whether some of them wait to start something together. */
  readonly hasGathered: boolean;
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

export function createDispatcher({ db, triggers, logger, maximumHops, onDispatched }: DispatcherOptions): Dispatcher {
  const isOut = createStrikes();
  let after = FIRST_TENANT;
  let limit = BATCH;
  const lane = createSlowLane({
    db,
    triggers,
    logger,
    maximumHops,
    store: async (decided) => onDispatched({ ...(await storeEach(decided)), isBusy: false }),
  });

  async function round(): Promise<Dispatched> {
    let decided: readonly Decided[] = [];
    try {
      const { slow, ...dispatched } = await db.transaction(async (transaction) => {
        const taken = await takeFromOutbox(transaction, { limit, bytes: MAXIMUM_BYTES, after, except: [...lane.tenants] });
        const isWrapping = after !== FIRST_TENANT && taken.next === FIRST_TENANT;
        after = taken.next;
        if (taken.places.length === 0) return { ...NOTHING, isBusy: isWrapping, slow: [] };
        const known = await triggers.get(transaction, [...new Set(taken.events.map(({ tenantId }) => tenantId))]);
        const result = decideAtOnce(taken.events, known, { logger, maximumHops: hopsAtOnce });
        decided = result.decided;
        const left = new Set(decided.map(({ event }) => event.id));
        const waiting = new Set(taken.events.flatMap(({ id }) => (left.has(id) ? [] : id)));
        // An event that is gone has nothing to decide.
        const places = taken.places.filter(({ eventId }) => !waiting.has(eventId));
        const stored = await storeDecided(transaction, decided, { places, isAwaited: taken.isAwaited });
        return { count: decided.length, ...stored, isBusy: true, slow: [...result.slow] };
      });
      limit = BATCH;
      lane.add(slow);
      return dispatched;
    } catch (error) {
      if (!isolates(error)) throw error;
      if (decided.length > 0) return { ...(await storeEach(decided)), isBusy: true };
      await takeLess(error);
      return { ...NOTHING, isBusy: true };
    }
  }

  /** What is not in memory would have to be asked for, which nobody does within a transaction. */
  function hopsAtOnce(tenantId: string): number | undefined {
    const maximum = maximumHops(tenantId);
    if (typeof maximum === 'number') return maximum;
    maximum.catch(() => undefined);
    return undefined;
  }

  /** Stores what was decided, each part in a transaction of its own; what is at fault stands alone in the end. */
  async function storeEach(decided: readonly Decided[]): Promise<Omit<Dispatched, 'isBusy'>> {
    const { done, refused } = await halve(
      decided,
      (part) => db.transaction((transaction) => storeThose(transaction, part)),
      isolates,
    );
    for (const { item, error } of refused)
      await giveUp({ ...item.event, deciders: item.decisions.map(({ trigger }) => trigger) }, error);
    return {
      count: done.reduce((sum, { count }) => sum + count, refused.length),
      lanes: [...new Set(done.flatMap(({ lanes }) => lanes))],
      hasGathered: done.some(({ hasGathered }) => hasGathered),
    };
  }

  async function storeThose(transaction: Queryable, part: readonly Decided[]): Promise<Omit<Dispatched, 'isBusy'>> {
    const places = await lockInOutbox(
      transaction,
      part.map(({ event }) => event),
    );
    const mine = new Set(places.map(({ eventId }) => eventId));
    const decided = part.filter(({ event }) => mine.has(event.id));
    return { count: decided.length, ...(await storeDecided(transaction, decided, { places, isAwaited: true })) };
  }

  /** Events could not even be read together: fewer, and in the end the first of them is given up unread. */
  async function takeLess(error: unknown): Promise<void> {
    if (limit > 1) {
      limit = Math.floor(limit / 2);
      return;
    }
    const head = await headOfOutbox(db, after, [...lane.tenants]);
    if (!head) throw error;
    const known = (await triggers.get(db, [head.tenantId])).get(head.tenantId) ?? [];
    await giveUp({ ...head, deciders: known.filter((trigger) => fits(trigger, head)) }, error);
  }

  /** Ends an event that cannot be dispatched: its triggers decide with an error. */
  async function giveUp(event: Head & { deciders: readonly Pick<CompiledTrigger, 'id' | 'workflowId'>[] }, cause: unknown) {
    const about = { 'trace.id': event.traceId, event_id: event.id, tenant_id: event.tenantId, reason: errorMessage(cause) };
    if (!isOut(event.id, cause)) {
      logger.warn(about, 'an event could not be dispatched, trying again');
      return;
    }
    logger.error(about, 'an event starts nothing: the database refuses what it would start');
    const error = errorText(cause);
    await db.transaction(async (transaction) => {
      const places = await lockInOutbox(transaction, [event]);
      if (places.length === 0) return;
      await leaveOutbox(transaction, places);
      await insertVerdicts(
        transaction,
        event.deciders.map(({ id: triggerId, workflowId }) => ({
          eventId: event.id,
          tenantId: event.tenantId,
          triggerId,
          workflowId,
          isMatch: false,
          error,
          executionId: null,
          note: null,
        })),
      );
    });
  }

  return { round, stop: () => lane.stop() };
}
