import type { Db } from '../../db/index.ts';
import { errorMessage, firstIdOf, type Logger, type Redactor } from '../../kernel/index.ts';
import type { CallColumns } from './call.store.ts';
import { deleteCallsBefore, insertCalls, tenantsThere } from './call.store.ts';
import type { CallRow } from './call-row.ts';
import { createWaitingCalls } from './waiting-calls.ts';

/** Keeps every call, in batches, so that no call waits for it. */
export interface CallLog {
  add(row: CallRow): void;
  /** Resolves when all that was added is stored, or given up. */
  flush(): Promise<void>;
  /** Deletes what is older than is kept. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface CallLogOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly redactFor: (tenantId: string) => Redactor;
  /** 0 is for ever. */
  readonly retentionDays: number;
}

const EVERY_MS = 200;
const BATCH = 200;
const DELETE_BATCH = 5_000;
const DAY_MS = 86_400_000;

export function createCallLog({ db, logger, redactFor, retentionDays }: CallLogOptions): CallLog {
  const waiting = createWaitingCalls(redactFor);
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function drain(): Promise<void> {
    for (let batch = waiting.take(BATCH); batch.length > 0; batch = waiting.take(BATCH)) await store(batch);
    const dropped = waiting.takeDropped();
    if (dropped > 0) logger.error({ dropped }, 'calls of models were not logged: the database did not take them in time');
  }

  async function store(batch: readonly CallColumns[]): Promise<void> {
    try {
      await insertCalls(db, batch);
    } catch (error) {
      await storeOneByOne(batch, error);
    }
  }

  /** What cannot be stored costs nobody else's row. */
  async function storeOneByOne(batch: readonly CallColumns[], cause: unknown): Promise<void> {
    const tenants = [...new Set(batch.map(({ tenant_id }) => String(tenant_id)))];
    const there = new Set(await tenantsThere(db, tenants).catch(() => []));
    for (const columns of batch) {
      if (!there.has(String(columns.tenant_id))) continue;
      try {
        await insertCalls(db, [columns]);
      } catch (error) {
        const facts = { call: columns.id, reason: errorMessage(error), first: errorMessage(cause) };
        logger.error(facts, 'a call of a model was not logged');
      }
    }
  }

  const flush = (): Promise<void> => {
    running ??= drain().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    add(row) {
      waiting.add(row);
      timer ??= setTimeout(() => {
        timer = undefined;
        void flush();
      }, EVERY_MS);
    },
    async flush() {
      await running;
      await flush();
    },
    async sweep() {
      if (retentionDays === 0) return;
      const first = firstIdOf(Date.now() - retentionDays * DAY_MS);
      while ((await deleteCallsBefore(db, first, DELETE_BATCH)) === DELETE_BATCH);
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
      await running;
      await flush();
    },
  };
}
