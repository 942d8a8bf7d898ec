import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { claim } from './claim.store.ts';
import { enqueue, settle } from './job.store.ts';

describe.each(databaseKinds)('the order of jobs on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  const owner = 'worker';

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
    await db.query(`insert into workers (name, lease_until) values ($1, now() + interval '1 hour')`, [owner]);
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  const add = async (tenantId: string, more: object = {}): Promise<string> => {
    const job = { tenantId, kind: 'test', traceId: 'trace', ...more };
    const [id] = await db.transaction((transaction) => enqueue(transaction, [job]));
    return id as string;
  };
  /** Claims one and ends it. */
  async function next(tenantId: string): Promise<string | undefined> {
    const { jobs } = await claim(db, { owner, limit: 1, kinds: ['test'], lanes: [tenantId], afterLane: '' });
    const [job] = jobs;
    if (job) await db.transaction((transaction) => settle(transaction, [{ lease: job.lease, outcome: { type: 'succeeded' } }]));
    return job?.id;
  }
  const age = (id: string, seconds: number) => db.query('update job_queue set rank = rank - $2 where job_id = $1', [id, seconds]);

  it('gives a place to whoever was there first, whichever process was faster to say so', async () => {
    const tenant = newId();
    const [first, second, third] = [newId(), newId(), newId()];
    const slot = { name: `order ${kind}`, capacity: 1 };
    const holder = await add(tenant, { slot: { ...slot, since: newId() } });
    // The ids of jobs are made in another order than that of what they are about.
    const ofThird = await add(tenant, { slot: { ...slot, since: third } });
    const ofFirst = await add(tenant, { slot: { ...slot, since: first } });
    const ofSecond = await add(tenant, { slot: { ...slot, since: second } });
    // All made within one second.
    await db.query('update job_slots set rank = 0 where slot = $1', [slot.name]);
    const order = [];
    for (let turn = 0; turn < 4; turn += 1) order.push(await next(tenant));
    expect(order).toEqual([holder, ofFirst, ofSecond, ofThird]);
  });

  it('lets the smallest capacity of those that share a slot hold, as long as they do', async () => {
    const tenant = newId();
    const name = `capacity ${kind}`;
    const narrow = await add(tenant, { slot: { name, capacity: 1 } });
    for (let count = 0; count < 3; count += 1) await add(tenant, { slot: { name, capacity: 3 } });
    const queued = async () =>
      (await db.query<{ count: number }>('select count(*)::int as count from job_queue where tenant_id = $1', [tenant])).rows[0]
        ?.count;
    expect(await queued()).toBe(1);
    expect(await next(tenant)).toBe(narrow);
    expect(await queued()).toBe(3);
  });

  it('takes the more urgent first, until another one has waited ten seconds longer for each point', async () => {
    const tenant = newId();
    const old = await add(tenant);
    const urgent = await add(tenant, { priority: 10 });
    expect(await next(tenant)).toBe(urgent);
    await add(tenant, { priority: 10 });
    await age(old, 101);
    expect(await next(tenant)).toBe(old);
  });

  it('counts the waiting of one that was told something from then on', async () => {
    const tenant = newId();
    const sleeper = await add(tenant, { runAt: new Date(Date.now() + 60_000) });
    const before = await add(tenant);
    await db.query(`update jobs set run_at = now() - interval '20 seconds', state = 'scheduled' where id = $1`, [before]);
    await db.query(`update jobs set state = 'queued' where id = $1`, [before]);
    await db.query(`update jobs set is_notified = true, run_at = now(), state = 'queued' where id = $1`, [sleeper]);
    expect([await next(tenant), await next(tenant)]).toEqual([before, sleeper]);
  });
});
