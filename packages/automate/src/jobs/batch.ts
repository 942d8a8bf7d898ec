import { attempt, type Db, type Queryable } from '../db/index.ts';
import { AppError, cutText, type JsonObject } from '../kernel/index.ts';
import type { JobHandler } from './job.ts';
import { storeBatch } from './store/control.store.ts';
import { settle } from './store/job.store.ts';
import { lockLeases } from './store/lease.store.ts';

/** What one kind of batch does. Everything it does to an item happens in the transaction it is given, so that it happens once. */
export interface BatchOptions<Payload> {
  readonly kind: string;
  readonly db: Db;
  /** How many items there are. Those asked for by id are looked up instead, and the ones that are missing count as failed. */
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
  /** The first of those that failed. */
  readonly failures?: readonly BatchFailure[];
}

/** Why it could not be done to an item. */
export interface BatchFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

interface BatchPayload {
  readonly filter: { readonly ids?: readonly string[] | undefined };
}

const PAGE = 100;
/** Failures that a batch tells one by one; beyond these it counts them. */
const TOLD = 100;
/** Longest reason that is told. */
const LONGEST = 300;
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
          const { after, total, failed, done, failures = [] } = before ?? (await begin(transaction, payload, until));
          const ids = await next(transaction, { payload, after, until, limit: PAGE });
          const succeeded: string[] = [];
          const refused: BatchFailure[] = [];
          for (const id of ids) {
            const item = { id, payload, tenantId: job.tenantId, traceId: job.traceId };
            const reason = await reasonAgainst(transaction, () => work(transaction, item));
            if (reason) refused.push({ id, ...reason });
            else succeeded.push(id);
          }
          const now: State = {
            after: ids.at(-1) ?? after,
            total,
            done: done + succeeded.length,
            failed: failed + refused.length,
            failures: [...failures, ...refused].slice(0, TOLD),
          };
          const { failed: fails, failures: told } = now;
          const progress = { total, done: now.done, failed: fails, ...(fails > 0 && { failures: told }) };
          await storeBatch(transaction, job.id, {
            payload: { ...payload, state: now } as unknown as JsonObject,
            progress: progress as unknown as JsonObject,
          });
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
    const { ids } = payload.filter;
    if (!ids) return { after: FIRST, total: await count(transaction, payload, until), done: 0, failed: 0 };
    const wanted = [...new Set(ids)];
    const found = new Set(await next(transaction, { payload, after: FIRST, until, limit: wanted.length }));
    const missing = wanted.filter((id) => !found.has(id));
    const failures = missing.slice(0, TOLD).map((id) => ({ id, ...NOT_THERE }));
    return { after: FIRST, total: wanted.length, done: 0, failed: missing.length, failures };
  }
}

const NOT_THERE = { code: 'not_found', message: 'It is not there, or not among what this can be done to.' };

/** Undefined when it is done. */
async function reasonAgainst(transaction: Queryable, work: () => Promise<void>): Promise<Omit<BatchFailure, 'id'> | undefined> {
  try {
    await attempt(transaction, work);
    return undefined;
  } catch (error) {
    if (!AppError.is(error) || error.status >= 500) throw error;
    return { code: error.code, message: cutText(error.message, LONGEST) };
  }
}
