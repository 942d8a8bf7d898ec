import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IdempotentRequest, newId } from '../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../testing/index.ts';
import { createIdempotencyStore, removeExpiredReplies } from './idempotency-store.ts';
import type { Db } from './port.ts';
import { createThrottleStore } from './throttle-store.ts';

describe.each(databaseKinds)('rate limits and replies on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  const hour = { limit: 100, windowSeconds: 3_600 };
  const request = (values: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
    tenantId: newId(),
    principalId: 'api_key:1',
    key: 'k',
    fingerprint: 'AAAA',
    ...values,
  });
  const reply = { status: 201, headers: { location: '/x/' }, body: '{"id":1}' };

  it('lets exactly the limit through, whoever counts', async () => {
    const stores = [createThrottleStore(db), createThrottleStore(db), createThrottleStore(db)];
    const results = await Promise.all(Array.from({ length: 300 }, (_, index) => stores[index % 3]?.hit('limited', hour)));
    expect(results.filter((result) => result?.allowed)).toHaveLength(100);
    const remaining = results.filter((result) => result?.allowed).map((result) => result?.remaining);
    expect(remaining.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 100 }, (_, index) => index));
    for (const result of results) expect(result?.resetSeconds).toBeGreaterThan(3_500);
    expect(await stores[0]?.hit('another', hour)).toMatchObject({ allowed: true, remaining: 99 });
  });

  it('starts a new window when the old one has ended', async () => {
    const store = createThrottleStore(db);
    const second = { limit: 1, windowSeconds: 1 };
    expect(await store.hit('short', second)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await store.hit('short', second)).toMatchObject({ allowed: false, resetSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await store.hit('short', second)).toMatchObject({ allowed: true });
  });

  it('gives a key to one of many, and the reply to the others', async () => {
    const store = createIdempotencyStore(db);
    const wanted = request();
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(wanted)));
    const claimed = claims.filter((claim) => claim.state === 'claimed');
    expect(claimed).toHaveLength(1);
    expect(claims.filter((claim) => claim.state === 'running')).toHaveLength(19);
    expect(await store.claim({ ...wanted, fingerprint: 'BBBB' })).toEqual({ state: 'mismatch' });
    await store.answer(wanted, newId(), { ...reply, body: 'forged' });
    expect(await store.claim(wanted)).toEqual({ state: 'running' });
    await store.answer(wanted, claimed[0]?.ticket ?? '', reply);
    expect(await store.claim(wanted)).toEqual({ state: 'answered', reply });
    expect(await store.claim({ ...wanted, fingerprint: 'BBBB' })).toEqual({ state: 'mismatch' });
    expect(await store.claim({ ...wanted, tenantId: newId() })).toMatchObject({ state: 'claimed' });
    expect(await store.claim({ ...wanted, principalId: 'api_key:2' })).toMatchObject({ state: 'claimed' });
  });

  it('frees a key that was given back, whose holder died, or whose time is over', async () => {
    const store = createIdempotencyStore(db);
    const wanted = request();
    const first = await store.claim(wanted);
    if (first.state === 'claimed') await store.release(wanted, first.ticket);
    expect(await store.claim(wanted)).toMatchObject({ state: 'claimed' });
    await db.query(`update idempotency_keys set locked_until = now() - interval '1 second' where tenant_id = $1`, [
      wanted.tenantId,
    ]);
    const taken = await store.claim(wanted);
    expect(taken).toMatchObject({ state: 'claimed' });
    if (taken.state === 'claimed') await store.answer(wanted, taken.ticket, reply);
    await db.query(`update idempotency_keys set expires_at = now() - interval '1 second' where tenant_id = $1`, [
      wanted.tenantId,
    ]);
    expect(await store.claim({ ...wanted, fingerprint: 'BBBB' })).toMatchObject({ state: 'claimed' });
    await db.query(`update idempotency_keys set expires_at = now() - interval '1 second' where tenant_id = $1`, [
      wanted.tenantId,
    ]);
    expect(await removeExpiredReplies(db)).toBeGreaterThanOrEqual(1);
  });
});
