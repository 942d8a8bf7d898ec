import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryIdempotencyStore } from '../../api/index.ts';
import { type IdempotencyStore, type IdempotentRequest, keptReplies, newId } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import type { Db } from '../port/port.ts';
import { createIdempotencyStore, removeExpiredReplies } from './idempotency.store.ts';
import { createThrottleStore } from './throttle.store.ts';

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

  /** Both keep alike, whoever serves. */
  const stores = () => [createIdempotencyStore(db), new MemoryIdempotencyStore()];

  it.each([0, 1])('keeps so much of a tenant, and of what is beyond that it was answered (store %i)', async (index) => {
    const store = stores()[index] as IdempotencyStore;
    const tenantId = newId();
    const keep = async (key: string, bytes: number) => {
      const wanted = request({ tenantId, key });
      const claim = await store.claim(wanted);
      if (claim.state !== 'claimed') throw new Error(claim.state);
      await store.answer(wanted, claim.ticket, { status: 200, headers: {}, body: 'x'.repeat(bytes) });
      const again = await store.claim(wanted);
      return again.state === 'answered' ? [again.reply.status, again.reply.body?.length] : again;
    };
    const large = keptReplies.most;
    for (let count = 0; count < keptReplies.mostOfTenant / 2 / large; count += 1)
      expect(await keep(`large ${count}`, large)).toEqual([200, large]);
    expect(await keep('too many', large)).toEqual([200, undefined]);
    expect(await keep('small', 100)).toEqual([200, 100]);
    expect(await store.claim(request({ tenantId, key: 'too many' }))).toEqual({
      state: 'answered',
      reply: { status: 200, headers: {}, body: null },
    });
    expect(await store.claim(request({ tenantId, key: 'too many', fingerprint: 'BBBB' }))).toEqual({ state: 'mismatch' });
    // Another tenant has room of its own.
    const other = request({ key: 'other' });
    const claim = await store.claim(other);
    if (claim.state === 'claimed') await store.answer(other, claim.ticket, { ...reply, body: 'x'.repeat(large) });
    expect(await store.claim(other)).toMatchObject({ reply: { body: 'x'.repeat(large) } });
  });

  it('makes room when the time of replies is over', async () => {
    const store = createIdempotencyStore(db);
    const wanted = request();
    const claim = await store.claim(wanted);
    if (claim.state === 'claimed') await store.answer(wanted, claim.ticket, reply);
    const bytes = async () =>
      (await db.query<{ bytes: number }>('select bytes from kept_replies where tenant_id = $1', [wanted.tenantId])).rows[0]
        ?.bytes;
    expect(await bytes()).toBeGreaterThan(0);
    await removeExpiredReplies(db);
    expect(await bytes()).toBeGreaterThan(0);
    await db.query(`update idempotency_keys set expires_at = now() - interval '1 second' where tenant_id = $1`, [
      wanted.tenantId,
    ]);
    await removeExpiredReplies(db);
    expect(await bytes()).toBeUndefined();
  });
});
