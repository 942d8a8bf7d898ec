import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { createTenant, type TestTenant } from './support/tenants.ts';

const echo = { nodes: [{ id: 'echo', type: 'core.transform', config: { template: { v: 1 } } }], edges: [] };
/** About as many operators as one rule may evaluate. */
const heavy = {
  some: [{ var: 'payload.items' }, { '>': [{ '+': [{ var: '' }, 1, { '*': [2, { var: '' }] }] }, 1_000_000] }],
};
const items = Array.from({ length: 18_000 }, (_, n) => n % 7);

describe.each(databaseKinds)('dispatch under load on %s', (kind) => {
  let server: TestServer;
  let attacker: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    server = await createTestServer(kind, { environment: { AUTOMATE_LOG_LEVEL: 'fatal' } });
    attacker = await createTenant(server, 'attacker');
    other = await createTenant(server, 'other');
  });
  afterAll(() => server?.close());

  const trigger = (event_type: string, filter?: object) => ({ type: 'event', event_type, ...(filter && { filter }) });
  async function workflow(tenant: TestTenant, triggers: object[], settings: object = {}): Promise<string> {
    const reply = await tenant.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Test',
      graph: echo,
      triggers,
      settings,
    });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body.id;
  }
  const countOf = async (what: string, values: readonly unknown[] = []) =>
    (await server.automate.db.query<{ count: number }>(`select count(*)::int as count from ${what}`, values)).rows[0]?.count ?? 0;

  /** How long each takes, and whether another tenant's events start their workflows, as long as something goes on. */
  async function watch(goesOn: () => Promise<boolean>): Promise<{ live: number; list: number; start: number; rounds: number }> {
    const worst = { live: 0, list: 0, start: 0, rounds: 0 };
    const took = async (what: 'live' | 'list' | 'start', work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      worst[what] = Math.max(worst[what], performance.now() - began);
    };
    const id = await workflow(other, [trigger('small.event')]);
    while (worst.rounds < 3 || (worst.rounds < 12 && (await goesOn()))) {
      worst.rounds += 1;
      await took('live', async () => expect((await server.call('GET', '/health/live/')).status).toBe(200));
      await took('list', async () => expect((await other.call('GET', '/api/v1/events/')).status).toBe(200));
      const before = await countOf('executions where workflow_id = $1', [id]);
      await took('start', async () => {
        expect((await other.call('POST', '/api/v1/events/', { event_type: 'small.event', payload: {} })).status).toBe(202);
        await eventually(
          () => countOf('executions where workflow_id = $1', [id]),
          (count) => count > before,
        );
      });
      await sleep(50);
    }
    return worst;
  }

  it('goes on for others while the rules of one tenant take all the time they can', async () => {
    for (let n = 0; n < 2; n += 1)
      await workflow(
        attacker,
        Array.from({ length: 25 }, () => trigger('heavy.event', heavy)),
      );
    for (let part = 0; part < 40; part += 1)
      await attacker.call(
        'POST',
        '/api/v1/events/',
        Array.from({ length: 5 }, () => ({ event_type: 'heavy.event', payload: { items } })),
      );
    const left = () => countOf('outbox where tenant_id = $1', [attacker.id]);
    expect(await left()).toBeGreaterThan(100);
    const worst = await watch(async () => (await left()) > 0);
    console.log(`${kind}: worst of ${worst.rounds} rounds, in ms:`, worst);
    expect(worst.live).toBeLessThan(2_000);
    expect(worst.list).toBeLessThan(5_000);
    expect(worst.start).toBeLessThan(8_000);
    // What overran is told so.
    await eventually(
      () => countOf(`verdicts where tenant_id = $1 and error like 'decision_budget_exceeded: %'`, [attacker.id]),
      (count) => count > 0,
    );
    await server.automate.db.query('update triggers set retired_at = now() where tenant_id = $1', [attacker.id]);
    await server.automate.db.query('update trigger_versions set version = version + 1');
    await eventually(left, (count) => count === 0, 60_000);
  }, 120_000);

  it('takes turns among tenants, however many events one of them has', async () => {
    await workflow(attacker, [trigger('many.event')]);
    const events = Array.from({ length: 1_000 }, (_, n) => ({ event_type: 'many.event', payload: { n } }));
    await Promise.all(Array.from({ length: 8 }, () => attacker.call('POST', '/api/v1/events/', events)));
    const worst = await watch(async () => (await countOf('outbox')) > 0);
    console.log(`${kind}: worst of ${worst.rounds} rounds, in ms:`, worst);
    expect(worst.start).toBeLessThan(8_000);
    await eventually(
      () => countOf('outbox'),
      (count) => count === 0,
      60_000,
    );
  }, 120_000);

  it('reads no more at once than it can hold', async () => {
    const id = await workflow(attacker, [trigger('large.event', { '==': [{ var: 'payload.n' }, 3] })]);
    const text = 'x'.repeat(4_000_000);
    await server.automate.db.query(
      `with stored as (
         insert into events (id, tenant_id, event_type, source, payload, occurred_at, trace_id)
         select gen_random_uuid(), $1, 'large.event', 'test', jsonb_build_object('n', n, 'text', $2::text), now(), 'large'
         from generate_series(1, 40) as n returning id, tenant_id, pg_column_size(payload) as bytes)
       insert into outbox (event_id, tenant_id, bytes) select id, tenant_id, bytes from stored`,
      [attacker.id, text],
    );
    server.automate.announce();
    await eventually(
      () => countOf('outbox'),
      (count) => count === 0,
      60_000,
    );
    expect(await countOf('executions where workflow_id = $1', [id])).toBe(1);
  }, 90_000);

  it('says which part does not get on, and since when', async () => {
    const health = async () => {
      const reply = await server.call<{ checks: Record<string, { ok: boolean; detail: string }> }>('GET', '/health/ready/');
      const { dispatch, journal } = reply.body.checks;
      return { status: reply.status, dispatch, journal };
    };
    expect(await health()).toMatchObject({ status: 200, dispatch: { ok: true }, journal: { ok: true } });
    await server.automate.db.migrate((connection) =>
      connection.script('alter table automate.verdicts rename to hidden_verdicts'),
    );
    await workflow(other, [trigger('stuck.event')]);
    await other.call('POST', '/api/v1/events/', { event_type: 'stuck.event', payload: {} });
    const stuck = await eventually(health, ({ status }) => status === 503, 30_000);
    expect(stuck.dispatch?.detail).toMatch(/^events are not dispatched since \d{4}-/);
    expect(stuck.journal?.ok).toBe(true);
    const metrics = String((await server.call('GET', '/metrics')).body);
    expect(metrics).toContain('automate_part_advances{part="dispatch"} 0');
    expect(metrics).toMatch(/automate_oldest_undispatched_event_seconds [1-9]/);
    await server.automate.db.migrate((connection) =>
      connection.script('alter table automate.hidden_verdicts rename to verdicts'),
    );
    await eventually(health, ({ status }) => status === 200, 30_000);
    await eventually(
      () => countOf('outbox'),
      (count) => count === 0,
    );
  });
});

describe.each(databaseKinds)('events that wait to be dispatched on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
  });
  afterAll(() => server?.close());

  it('are weighed when they come in', async () => {
    const sizes = [10, 1_000, 100_000, 4_000_000];
    for (const size of sizes) {
      const event = { event_type: 'some.event', payload: { text: 'x'.repeat(size) } };
      expect((await server.call('POST', '/api/v1/events/', event)).status).toBe(202);
    }
    const { rows } = await server.automate.db.query<{ bytes: number }>('select bytes from outbox order by event_id');
    expect(rows).toHaveLength(sizes.length);
    for (const [place, size] of sizes.entries()) {
      expect(rows[place]?.bytes).toBeGreaterThanOrEqual(size);
      expect(rows[place]?.bytes).toBeLessThan(size + 100);
    }
  });
});
