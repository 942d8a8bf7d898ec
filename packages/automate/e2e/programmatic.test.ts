import pg from 'pg';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { ExecutionFailed, type HostTransaction } from '../src/server/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually } from './support/executions.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(databaseKinds)('the programmatic interface on %s', (kind) => {
  let server: TestServer;
  const executionsOf = async (id: string) =>
    (await server.call<{ results: { id: string; event_id: string }[] }>('GET', `/api/v1/executions/?workflow_id=${id}`)).body
      .results;
  const eventOf = (id: string) => server.call<Record<string, unknown>>('GET', `/api/v1/events/${id}/`);
  const add = (slug: string, nodes: { id: string; type: string; config?: object }[], extra: object = {}) =>
    createWorkflow(server, nodes, [], { slug, name: slug, ...extra });
  const transform = (template: object) => [{ id: 'make', type: 'core.transform', config: { template } }];

  beforeAll(async () => {
    server = await createTestServer(kind);
  });
  afterAll(() => server?.close());

  describe('emit', () => {
    it('starts what listens once the transaction has committed, and not before', async () => {
      const id = await add('listens', transform({ id: '{{ event.payload.id }}' }), {
        triggers: [{ type: 'event', event_type: 'host.*' }],
      });
      let eventId = '';
      await server.automate.db.transaction(async (transaction) => {
        const receipt = await server.automate.emit(transaction, {
          type: 'host.order',
          payload: { id: 7 },
          source: 'shop',
          idempotencyKey: 'order-7',
          occurredAt: new Date('2026-01-02T03:04:05Z'),
        });
        eventId = receipt.eventId;
        expect(receipt.status).toBe('accepted');
      });
      server.automate.announce();
      const [execution] = await eventually(
        () => executionsOf(id),
        (found) => found.length > 0,
      );
      expect(execution?.event_id).toBe(eventId);
      expect((await eventOf(eventId)).body).toMatchObject({
        event_type: 'host.order',
        source: 'shop',
        payload: { id: 7 },
        occurred_at: '2026-01-02T03:04:05.000Z',
      });
      await server.automate.db.transaction(async (transaction) => {
        const again = await server.automate.emit(transaction, { type: 'host.order', payload: {}, idempotencyKey: 'order-7' });
        expect(again).toMatchObject({ status: 'duplicate', eventId });
      });
    });

    it('is undone with the transaction', async () => {
      let eventId = '';
      const failing = server.automate.db.transaction(async (transaction) => {
        eventId = (await server.automate.emit(transaction, { type: 'host.undone', payload: {} })).eventId;
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect((await eventOf(eventId)).status).toBe(404);
    });

    it('finds the dispatch by the poll floor, without announce()', async () => {
      const id = await add('polled', transform({ ok: true }), { triggers: [{ type: 'event', event_type: 'floor.reached' }] });
      await server.automate.db.transaction((transaction) =>
        server.automate.emit(transaction, { type: 'floor.reached', payload: {} }),
      );
      await eventually(
        () => executionsOf(id),
        (found) => found.length === 1,
        5_000,
      );
    });

    it('works as the tenant role, and gives the transaction back as it was', async () => {
      const { id: tenantId } = await server.automate.ensureTenant('elsewhere');
      const { id: own } = await server.automate.ensureTenant('default');
      const seen = await server.automate.db.asTenant(own, async (transaction) => {
        await transaction.query('set local search_path = pg_temp');
        await server.automate.emit(transaction, { type: 'host.elsewhere', payload: {}, tenant: 'elsewhere' });
        await server.automate.emit(transaction, { type: 'host.elsewhere', payload: {}, tenant: tenantId });
        const { rows } = await transaction.query<{ role: string; path: string; visible: number }>(
          `select current_user::text as role, current_setting('search_path') as path,
             (select count(*) from automate.events where event_type = 'host.elsewhere')::int as visible`,
        );
        return rows[0];
      });
      expect(seen).toEqual({ role: 'automate_app', path: 'pg_temp', visible: 0 });
      const { rows } = await server.automate.db.query(`select tenant_id from events where event_type = 'host.elsewhere'`);
      expect(rows).toEqual([{ tenant_id: tenantId }, { tenant_id: tenantId }]);
    });

    it('refuses what is wrong before it writes, and the transaction goes on', async () => {
      await server.automate.db.transaction(async (transaction) => {
        const emit = (event: object) =>
          server.automate.emit(transaction, { type: 'host.good', payload: {}, ...event }).catch((error) => error);
        expect(await emit({ type: 'no good' })).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/event_type' }] });
        expect(await emit({ payload: { a: ['\u0000'] } })).toMatchObject({ errors: [{ pointer: '/payload/a/0' }] });
        expect(await emit({ tenant: 'nobody' })).toMatchObject({ code: 'tenant_not_found' });
        expect(await emit({})).toMatchObject({ status: 'accepted' });
      });
    });

    if (kind === 'postgres')
      it("works in the host's own pg connection, as its own role", async () => {
        const client = new pg.Client({ connectionString: server.database.environment.DATABASE_URL });
        await client.connect();
        const role = `shop_${Math.random().toString(36).slice(2, 10)}`;
        try {
          await client.query(`create role ${role} login; create schema shop; grant all on schema shop to ${role};`);
          await client.query(`set session authorization ${role}; set search_path = shop`);
          await client.query('create table events (id int); create table orders (id int)');

          await client.query('begin');
          const refused = await server.automate.emit(client, { type: 'host.pg', payload: {} }).catch((error) => error);
          expect(refused).toMatchObject({ code: 'forbidden', message: expect.stringContaining(`to "${role}"`) });
          await client.query('insert into orders values (1)');
          await client.query('commit');

          await client.query(`reset session authorization; grant automate_system to ${role}; set session authorization ${role}`);
          await client.query('begin');
          await client.query('insert into orders values (2)');
          const receipt = await server.automate.emit(client, { type: 'host.pg', payload: { order: 2 }, idempotencyKey: 'o2' });
          const { rows } = await client.query('select current_user::text as role, (select count(*)::int from orders) as orders');
          expect(rows).toEqual([{ role, orders: 2 }]);
          expect((await eventOf(receipt.eventId)).status).toBe(404);
          await client.query('commit');
          expect((await eventOf(receipt.eventId)).body).toMatchObject({ payload: { order: 2 } });

          await client.query('begin');
          const { eventId } = await server.automate.emit(client, { type: 'host.pg', payload: {} });
          await client.query('rollback');
          expect((await eventOf(eventId)).status).toBe(404);
          expect((await client.query('select current_user::text as role')).rows).toEqual([{ role }]);
          expectTypeOf<pg.PoolClient>().toExtend<HostTransaction>();
        } finally {
          await client.query('reset session authorization').catch(() => undefined);
          await client.query(`drop owned by ${role} cascade; drop role ${role}`).catch(() => undefined);
          await client.end();
        }
      });
  });

  describe('run', () => {
    it('starts a workflow by its slug, or waits for its output', async () => {
      await add('doubles', transform({ twice: '{{ event.payload.n | times: 2 }}', token: '{{ event.payload.token }}' }));
      const started = await server.automate.run('doubles', { n: 4 });
      expectTypeOf(started).toEqualTypeOf<{ readonly executionId: string }>();
      expect(started).toEqual({ executionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      const output = await server.automate.run<{ twice: number }>('doubles', { n: 4, token: 'as it is' }, { wait: true });
      expectTypeOf(output).toEqualTypeOf<{ twice: number }>();
      expect(output).toEqual({ twice: 8, token: 'as it is' });
    });

    it('rejects with the failure of the execution', async () => {
      const id = await add('fails', [{ id: 'nap', type: 'core.sleep', config: { seconds: '{{ event.payload.seconds }}' } }]);
      const failure = await server.automate.run('fails', { seconds: 'many' }, { wait: true }).catch((error) => error);
      expect(failure).toBeInstanceOf(ExecutionFailed);
      expect(failure).toMatchObject({ code: 'execution_failed', failure: { code: 'invalid_sleep', node: 'nap' } });
      expect((await executionsOf(id))[0]?.id).toBe(failure.executionId);

      const waiting = server.automate.run('fails', { seconds: 600 }, { wait: true }).catch((error) => error);
      const [latest] = await eventually(
        () => executionsOf(id),
        (found) => found.length === 2,
      );
      await server.call('POST', `/api/v1/executions/${latest?.id}/cancel/`);
      expect(await waiting).toMatchObject({ code: 'execution_cancelled', failure: null });
    });

    it('runs once for each idempotency key, also when many ask at once', async () => {
      const id = await add('once', transform({ n: '{{ event.payload.n }}' }));
      const asked = await Promise.all([1, 2, 3, 4].map((n) => server.automate.run('once', { n }, { idempotencyKey: 'same' })));
      expect(new Set(asked.map(({ executionId }) => executionId)).size).toBe(1);
      const output = await server.automate.run('once', { n: 5 }, { idempotencyKey: 'same', wait: true });
      expect([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]).toContainEqual(output);
      expect(await executionsOf(id)).toHaveLength(1);
    });

    it('runs a version of a workflow of another tenant', async () => {
      const { id } = await server.automate.ensureTenant('runs-too');
      const key = await server.automate.apiKeys.create({ tenantId: id, name: 'k', scopes: ['*'], isStaff: false });
      const theirs = { authorization: `Bearer ${key.value}` };
      const body = (n: number) => ({ name: 'theirs', graph: { nodes: transform({ n }) } });
      const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', { ...body(1), slug: 'theirs' }, theirs);
      await server.call('PUT', `/api/v1/workflows/${made.body.id}/`, body(2), theirs);
      const there = { tenant: 'runs-too', wait: true } as const;
      expect(await server.automate.run('theirs', {}, there)).toEqual({ n: 2 });
      expect(await server.automate.run('theirs', {}, { ...there, version: 1 })).toEqual({ n: 1 });
      await expect(server.automate.run('theirs', {}, { ...there, version: 9 })).rejects.toMatchObject({
        code: 'workflow_version_not_found',
      });
      await expect(server.automate.run('theirs')).rejects.toMatchObject({ code: 'workflow_not_found' });
    });

    it('stops waiting when it is told to, and the execution goes on', async () => {
      await add('long', [{ id: 'nap', type: 'core.sleep', config: { seconds: 600 } }]);
      const controller = new AbortController();
      const waiting = server.automate.run('long', {}, { wait: true, signal: controller.signal }).catch((error) => error);
      await pause(50);
      controller.abort(new Error('no more patience'));
      expect(await waiting).toMatchObject({ message: 'no more patience' });
    });
  });
});
