import { attempt, type Db, type Queryable } from '../db/index.ts';
import { AppError, type JsonObject } from '../kernel/index.ts';
import type { JobHandler } from './job.ts';
import { storeBatch } from './store/control.store.ts';
import { settle } from './store/job.store.ts';
import { lockLeases } from './store/lease.store.ts';

/** What one kind of batch does. Everything it does to an item happens in the transaction it is given, so that it happens once. */
export interface BatchOptions<Payload> {
  readonly kind: string;
  readonly db: Db;
  /** How many items there are; those asked for by id that are not among them count as failed. */
  count(transaction: Queryable, payload: Payload, until: string): Promise<number>;
  /** Ids of the next items behind one, in order: all are below `until`, so that nothing which the batch makes is an item of it. */
  next(transaction: Queryable, page: { payload: Payload; after: string; until: string; limit: number }): Promise<string[]>;
  /** @throws AppError when it cannot be done to this item: the item counts as failed, and the others go on */
  work(transaction: Queryable, item: { id: string; payload: Payload; tenantId: string; traceId: string }): Promise<void>;
  /** Called with the items that were done, once they are. */
  onDone(ids: readonly string[]): void;
}

/** The cursor is stored with the work, so whatever stops a batch, it goes on behind the last page and does nothing twice. */
interface State {
  readonly after: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

interface BatchPayload {
  readonly filter: { readonly ids?: readonly string[] | undefined };
}

const PAGE = 100;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** The handler of a batch: it walks over its items, a page in each transaction. */
export function batchHandler<Payload extends BatchPayload>(options: BatchOptions<Payload>): JobHandler {
  const { kind, db, count, next, work, onDone } = options;
  return {
    kind,
    async run(job, context) {
      const payload = job.payload as unknown as Payload & { state?: State };
      // Ids follow the time: what is made from now on has higher ones.
      const until = job.id;
      let { state } = payload;
      for (;;) {
        if (context.signal.aborted || context.isDraining()) return { type: 'released' };
        const before: State | undefined = state;
        const page = await db.asTenant(job.tenantId, async (transaction) => {
          if ((await lockLeases(transaction, [job.lease])).size === 0) return undefined;
          const { after, total, failed, done } = before ?? (await begin(transaction, payload, until));
          const ids = await next(transaction, { payload, after, until, limit: PAGE });
          const succeeded: string[] = [];
          for (const id of ids) {
            const item = { id, payload, tenantId: job.tenantId, traceId: job.traceId };
            if (await isDone(transaction, () => work(transaction, item))) succeeded.push(id);
          }
          const now: State = {
            after: ids.at(-1) ?? after,
            total,
            done: done + succeeded.length,
            failed: failed + ids.length - succeeded.length,
          };
          const progress = { total, done: now.done, failed: now.failed };
          await storeBatch(transaction, job.id, { payload: { ...payload, state: now } as unknown as JsonObject, progress });
          const isLast = ids.length < PAGE;
          if (isLast) await settle(transaction, [{ lease: job.lease, outcome: { type: 'succeeded' } }]);
          return { now, succeeded, isLast };
        });
        if (!page) return 'settled'; // another worker has it
        if (page.succeeded.length > 0) onDone(page.succeeded);
        context.publish();
        if (page.isLast) return 'settled';
        state = page.now;
      }
    },
  };

  async function begin(transaction: Queryable, payload: Payload, until: string): Promise<State> {
    const found = await count(transaction, payload, until);
    const total = payload.filter.ids ? new Set(payload.filter.ids).size : found;
    return { after: FIRST, total, done: 0, failed: Math.max(total - found, 0) };
  }
}

async function isDone(transaction: Queryable, work: () => Promise<void>): Promise<boolean> {
  try {
    await attempt(transaction, work);
    return true;
  } catch (error) {
    if (!AppError.is(error) || error.status >= 500) throw error;
    return false;
  }
}
