import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/index.ts';
import { createLogger, newId } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { insertEvents } from '../events/event.store.ts';
import { createTriggerCache } from '../triggers/trigger-cache.ts';
import { createDispatcher } from './dispatcher.ts';
import { FIRST_TENANT, headOfOutbox, peekOutbox, takeFromOutbox } from './outbox.store.ts';

const MEGABYTE = 1_000_000;

describe.each(databaseKinds)('the outbox on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  beforeEach(() => db.query('delete from outbox'));
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  const [first, second] = [newId(), newId()] as [string, string];
  async function add(tenantId: string, ...sizes: number[]): Promise<string[]> {
    const events = sizes.map((size) => ({
      id: newId(),
      tenantId,
      eventType: 'some.type',
      source: 'test',
      payload: { text: 'x'.repeat(size) },
      idempotencyKey: null,
      occurredAt: null,
      traceId: 'trace',
    }));
    for (const event of events) await insertEvents(db, [event]);
    return events.map(({ id }) => id);
  }
  const take = (options: { limit?: number; bytes?: number; except?: string[] } = {}) =>
    db.transaction(async (transaction) => {
      const all = { limit: 250, bytes: 8 * MEGABYTE, after: FIRST_TENANT, except: [], ...options };
      const { events, places } = await takeFromOutbox(transaction, all);
      expect(places.map(({ eventId }) => eventId)).toEqual(events.map(({ id }) => id));
      return events.map(({ id }) => id);
    });
  const dispatcherOf = () =>
    createDispatcher({
      db,
      triggers: createTriggerCache(),
      logger: createLogger({ level: 'silent' }),
      maximumHops: () => 50,
      onDispatched: () => undefined,
    });
  const left = async () => (await db.query('select 1 from outbox')).rows.length;

  it('gives what weighs no more than it may, but for the last, and one in any case', async () => {
    const ids = await add(first, 3 * MEGABYTE, 3 * MEGABYTE, 3 * MEGABYTE, 10);
    expect(await take()).toEqual(ids.slice(0, 3));
    expect(await take({ bytes: 4 * MEGABYTE })).toEqual(ids.slice(0, 2));
    expect(await take({ bytes: MEGABYTE })).toEqual(ids.slice(0, 1));
    expect(await take({ bytes: 10 * MEGABYTE })).toEqual(ids);
    const peeked = await peekOutbox(db, { tenantId: first, limit: 50, bytes: 4 * MEGABYTE });
    expect(peeked.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  });

  it('counts the weight over all tenants, and takes turns among them', async () => {
    const ofFirst = await add(first, MEGABYTE, MEGABYTE, MEGABYTE);
    const ofSecond = await add(second, MEGABYTE, MEGABYTE);
    const inTurn = [ofFirst[0], ofSecond[0], ofFirst[1], ofSecond[1], ofFirst[2]];
    expect(await take()).toEqual(inTurn);
    expect(await take({ bytes: 2.5 * MEGABYTE })).toEqual(inTurn.slice(0, 3));
    expect(await take({ limit: 2 })).toEqual(inTurn.slice(0, 2));
    expect(await take({ except: [first] })).toEqual(ofSecond);
  });

  it('tells what a take begins with', async () => {
    expect(await headOfOutbox(db, FIRST_TENANT, [])).toBeUndefined();
    const [ofFirst] = await add(first, 10, 10);
    const [ofSecond] = await add(second, 10);
    const head = async (after: string, except: string[]) => (await headOfOutbox(db, after, except))?.id;
    expect(await head(FIRST_TENANT, [])).toBe(ofFirst);
    expect(await head(FIRST_TENANT, [first])).toBe(ofSecond);
    expect(await head(first, [])).toBe(ofSecond);
    expect(await head(first, [second])).toBeUndefined();
  });

  it('is emptied round by round, none of which reads more than about 8 MiB', async () => {
    const dispatcher = dispatcherOf();
    await add(first, ...Array<number>(10).fill(3 * MEGABYTE));
    const counts = [];
    while ((await left()) > 0) counts.push((await dispatcher.round()).count);
    await dispatcher.stop();
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    expect(counts.reduce((sum, count) => sum + count)).toBe(10);
  });

  // The last one: it hides the table of events.
  it('is emptied though an event cannot be read, which is given up alone', async () => {
    const dispatcher = dispatcherOf();
    const [, unreadable] = await add(first, 10, 20, 10, 10, 10);
    await db.migrate((connection) =>
      connection.script(`
        alter table automate.events rename to stored_events;
        create view automate.events as select id, tenant_id, event_type, source, occurred_at, trace_id, hops, subscription_id,
          case when id = '${unreadable}' then to_jsonb(1 / (length(payload ->> 'text') - 20)) else payload end as payload
          from automate.stored_events;
        grant select on automate.events to automate_system`),
    );
    let count = 0;
    for (let round = 0; round < 20 && (await left()) > 0; round += 1) count += (await dispatcher.round()).count;
    await dispatcher.stop();
    expect(await left()).toBe(0);
    expect(count).toBe(4);
  });
});
