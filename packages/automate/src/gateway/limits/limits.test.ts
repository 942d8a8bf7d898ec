import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/index.ts';
import type { EmittedEvent } from '../../engine/index.ts';
import { createLogger, newId } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { createLimits, type Limits, type Reservation } from './limits.ts';

const logger = createLogger({ level: 'error' });

describe.each(databaseKinds)('limits on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  let statements = 0;
  let emitted: EmittedEvent[] = [];
  const open: Limits[] = [];

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    const real = await database.open();
    db = {
      ...real,
      query: (...given) => {
        statements += 1;
        return real.query(...given);
      },
    };
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((limits) => limits.close()));
    emitted = [];
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  async function start(): Promise<Limits> {
    const emit = async (_: unknown, event: EmittedEvent) => {
      emitted.push(event);
      return {} as never;
    };
    const limits = createLimits({ db, logger, events: { emit, announce() {} } });
    await limits.start();
    open.push(limits);
    return limits;
  }

  async function tenant(): Promise<string> {
    const id = newId();
    await db.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, `t-${id}`]);
    return id;
  }

  async function budget(tenantId: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    const row = {
      id: newId(),
      tenant_id: tenantId,
      name: 'Team',
      scope: 'tenant',
      period: 'total',
      metric: 'requests',
      ...values,
    };
    const columns = Object.keys(row);
    await db.query(
      `insert into gateway.budgets (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`,
      Object.values(row),
    );
    return row.id;
  }

  const subjectOf = (tenantId: string, more = {}) => ({ tenantId, endpointId: null, apiKeyId: null, ...more });
  const pass = async (work: () => Reservation | Promise<Reservation>) => {
    try {
      return await work();
    } catch (error) {
      return error as { code: string; status: number; message: string; headers?: object; errors?: object };
    }
  };
  const isHeld = (outcome: object): outcome is Reservation => 'settle' in outcome;

  async function standing(id: string) {
    const { rows } = await db.query<{ spent: number; held: number }>(
      `select spent, (select held from gateway.held_by_others(budget_id, starts_at, '')) as held
       from gateway.budget_periods where budget_id = $1 order by starts_at desc limit 1`,
      [id],
    );
    return rows[0];
  }

  it('serves from in hand without asking', async () => {
    const [limits, tenantId] = [await start(), await tenant()];
    const id = await budget(tenantId, { amount: '100000' });
    await budget(tenantId, { amount: '5', metric: 'usd' });
    const subject = subjectOf(tenantId);
    (await limits.reserve(subject, { tokens: 10, nanos: 1_000 })).settle({ tokens: 10, nanos: 900 });
    await limits.flush();
    const before = statements;
    for (let call = 0; call < 200; call += 1) {
      const reservation = limits.reserve(subject, { tokens: 10, nanos: 1_000 });
      expect(reservation).not.toBeInstanceOf(Promise);
      (reservation as Reservation).settle({ tokens: 12, nanos: 500 });
    }
    expect(statements).toBe(before);
    await limits.flush();
    expect((await standing(id))?.spent).toBe(201);
  });

  it('takes room in every budget or in none', async () => {
    const [limits, tenantId] = [await start(), await tenant()];
    const [endpointId, apiKeyId] = [newId(), newId()];
    const wide = await budget(tenantId, { amount: '100' });
    const narrow = await budget(tenantId, { amount: '5', scope: 'endpoint', subject_id: endpointId });
    const tokens = await budget(tenantId, { amount: '70', metric: 'tokens', scope: 'api_key', subject_id: apiKeyId });
    await budget(tenantId, { amount: '1', scope: 'endpoint', subject_id: newId() });
    const subject = subjectOf(tenantId, { endpointId, apiKeyId });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => pass(() => limits.reserve(subject, { tokens: 10, nanos: null }))),
    );
    const passed = outcomes.filter(isHeld);
    expect(passed).toHaveLength(5);
    for (const reservation of passed) reservation.settle({ tokens: 10, nanos: null });
    await limits.flush();
    expect(await Promise.all([wide, narrow, tokens].map(async (id) => (await standing(id))?.spent))).toEqual([5, 5, 50]);
    // Who is refused for one budget has used nothing of the others.
    expect(isHeld(await pass(() => limits.reserve(subjectOf(tenantId, { apiKeyId }), { tokens: 20, nanos: null })))).toBe(true);
    expect(isHeld(await pass(() => limits.reserve(subjectOf(tenantId, { apiKeyId }), { tokens: 1, nanos: null })))).toBe(false);
  });

  it('says why it refuses', async () => {
    const limits = await start();
    const [minute, month, dollars] = [await tenant(), await tenant(), await tenant()];
    await budget(minute, { amount: '1', period: 'minute' });
    await budget(month, { amount: '1', period: 'month', name: 'Marketing' });
    await budget(dollars, { amount: '1', metric: 'usd' });
    const need = { tokens: 1, nanos: 1 };
    await limits.reserve(subjectOf(minute), need);
    const late = await pass(() => limits.reserve(subjectOf(minute), need));
    // A minute may have ended in between.
    if (!isHeld(late)) {
      expect(late).toMatchObject({ code: 'limit_reached', status: 429, errors: [{ pointer: '/model' }] });
      expect(Number((late.headers as { 'retry-after': string })['retry-after'])).toSatisfy((s: number) => s > 0 && s <= 60);
    }
    const held = await limits.reserve(subjectOf(month), need);
    expect(held.headers).toMatchObject({ 'ratelimit-policy': '"requests-month";q=1;w=2592000' });
    const spent = await pass(() => limits.reserve(subjectOf(month), need));
    expect(spent).toMatchObject({ code: 'budget_spent', status: 402, errors: [{ pointer: '/model' }] });
    expect((spent as { message: string }).message).toMatch(
      /^The budget "Marketing" of 1 requests a month has no room .* until 20\d\d-.*Z: wait/,
    );
    expect(await pass(() => limits.reserve(subjectOf(dollars), { tokens: 1, nanos: null }))).toMatchObject({
      code: 'price_unknown',
      status: 409,
    });
    const unpriced = await tenant();
    await budget(unpriced, { amount: '1', metric: 'usd', allow_unpriced: true });
    expect(isHeld(await pass(() => limits.reserve(subjectOf(unpriced), { tokens: 1, nanos: null })))).toBe(true);
  });

  it('begins anew with a period, and charges a call to the one that it began in', async () => {
    const [limits, tenantId] = [await start(), await tenant()];
    const id = await budget(tenantId, { amount: '2', period: 'day', time_zone: 'Pacific/Kiritimati' });
    const need = { tokens: 1, nanos: 0 };
    const [first] = [await limits.reserve(subjectOf(tenantId), need), await limits.reserve(subjectOf(tenantId), need)];
    expect(isHeld(await pass(() => limits.reserve(subjectOf(tenantId), need)))).toBe(false);
    // Twenty-five hours behind: its day is another one.
    await db.query(`update gateway.budgets set time_zone = 'Pacific/Niue' where id = $1`, [id]);
    const second = await limits.reserve(subjectOf(tenantId), need);
    first.settle({ tokens: 1, nanos: 0 });
    second.settle({ tokens: 1, nanos: 0 });
    await limits.flush();
    const { rows } = await db.query('select spent from gateway.budget_periods where budget_id = $1 order by starts_at', [id]);
    expect(rows).toEqual([{ spent: 1 }, { spent: 1 }]);
  });

  it('knows when periods begin and end, in any zone', async () => {
    const ask = async (period: string, zone: string, at: string) => {
      const { rows } = await db.query<{ from: string; to: string | null }>(
        `select start as "from", gateway.period_end($1, $2, start) as "to" from gateway.period_start($1, $2, $3::timestamptz) as start`,
        [period, zone, at],
      );
      return [rows[0]?.from, rows[0]?.to];
    };
    expect(await ask('minute', 'UTC', '2026-03-29T00:59:59Z')).toEqual(['2026-03-29T00:59:00.000Z', '2026-03-29T01:00:00.000Z']);
    // The day on which clocks go forward has 23 hours.
    expect(await ask('day', 'Europe/Rome', '2026-03-29T12:00:00Z')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(await ask('week', 'UTC', '2026-12-03T10:00:00Z')).toEqual(['2026-11-30T00:00:00.000Z', '2026-12-07T00:00:00.000Z']);
    expect(await ask('month', 'America/New_York', '2026-12-01T04:00:00Z')).toEqual([
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ]);
    expect(await ask('total', 'UTC', '2026-12-01T04:00:00Z')).toEqual(['1970-01-01T00:00:00.000Z', null]);
  });

  it('tells of each threshold once, whoever passes it', async () => {
    const [one, other, tenantId] = [await start(), await start(), await tenant()];
    const id = await budget(tenantId, { amount: '1000', metric: 'tokens', is_hard: false });
    for (const [limits, tokens] of [
      [one, 400],
      [other, 150],
      [one, 300],
      [other, 100],
      [one, 400],
    ] as const) {
      (await limits.reserve(subjectOf(tenantId), { tokens, nanos: null })).settle({ tokens, nanos: null });
      await Promise.all([one.flush(), other.flush()]);
    }
    expect(emitted.map(({ payload }) => payload)).toMatchObject([
      { threshold: 50, spent: '550', amount: '1000', period: 'total', budget: { id, name: 'Team' } },
      { threshold: 80, spent: '850' },
      { threshold: 100, spent: '1350' },
    ]);
    expect(new Set(emitted.map(({ type, tenant: of }) => `${type} ${of}`))).toEqual(
      new Set([`gateway.budget_threshold ${tenantId}`]),
    );
  });

  it.each([1, 2, 3, 4])('refuses when a model of it would, and only then (%i)', async (seed) => {
    const random = generator(seed * 7_919);
    const tenantId = await tenant();
    const amounts = { tokens: 500 + Math.floor(random() * 2_000), requests: 20 + Math.floor(random() * 40) };
    const ids = [
      await budget(tenantId, { amount: String(amounts.tokens), metric: 'tokens' }),
      await budget(tenantId, { amount: String(amounts.requests) }),
    ];
    const holders = kind === 'postgres' ? [await start(), await start(), await start()] : [await start()];
    const running: { reservation: Reservation; tokens: number; limits: Limits }[] = [];
    const used = { tokens: 0, requests: 0 };
    for (let turn = 0; turn < 120; turn += 1) {
      const limits = holders[Math.floor(random() * holders.length)] as Limits;
      if (random() < 0.6 || running.length === 0) {
        const tokens = 1 + Math.floor(random() * 200);
        const outcome = await pass(() => limits.reserve(subjectOf(tenantId), { tokens, nanos: null }));
        const held = running.reduce((sum, call) => sum + call.tokens, 0);
        const hasRoom = used.tokens + held + tokens <= amounts.tokens && used.requests + running.length < amounts.requests;
        expect({ turn, passes: isHeld(outcome) }).toEqual({ turn, passes: hasRoom });
        if (isHeld(outcome)) running.push({ reservation: outcome, tokens, limits });
      } else {
        const [call] = running.splice(Math.floor(random() * running.length), 1) as [(typeof running)[number]];
        if (random() < 0.3) call.reservation.release();
        else {
          const tokens = Math.floor(call.tokens * random() * (random() < 0.1 ? 3 : 1));
          call.reservation.settle({ tokens, nanos: null });
          call.reservation.release();
          used.tokens += tokens;
          used.requests += 1;
        }
        // What was overdrawn has to be known before another process is asked.
        await call.limits.flush();
      }
    }
    for (const { reservation } of running) reservation.release();
    await Promise.all(holders.map((limits) => limits.flush()));
    await Promise.all(open.splice(0).map((limits) => limits.close()));
    expect(await Promise.all(ids.map(standing))).toEqual([
      { spent: used.tokens, held: 0 },
      { spent: used.requests, held: 0 },
    ]);
  });
});

/** mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
