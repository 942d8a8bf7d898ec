import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually } from './support/executions.ts';
import { withContract } from './support/openapi.ts';
import { createTenant } from './support/tenants.ts';

interface Receipt {
  readonly event_id: string;
  readonly trace_id: string;
}
interface Trace {
  readonly events: { id: string; is_dispatched: boolean; verdicts: Verdict[] }[];
  readonly executions: Execution[];
}
interface Verdict {
  readonly match: boolean;
  readonly error: string | null;
  readonly execution_id: string | null;
  readonly note: string | null;
}

const echo = [{ id: 'echo', type: 'core.transform', config: { template: { v: 1 } } }];

describe.each(databaseKinds)('dispatch of what cannot be dispatched on %s', (kind) => {
  let server: TestServer;
  let serial = 0;

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
  });
  afterAll(() => server?.close());

  async function workflow(settings: object, extra: object = {}) {
    const type = `poison.test${++serial}`;
    const id = await createWorkflow(server, echo, [], { triggers: [{ type: 'event', event_type: type }], settings, ...extra });
    return { id, type, send: (payload: object) => send(type, payload) };
  }

  async function send(type: string, payload: object): Promise<Receipt> {
    const reply = await server.call<Receipt>('POST', '/api/v1/events/', { event_type: type, payload });
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    return reply.body;
  }

  const traceOf = (id: string, holds: (trace: Trace) => boolean) =>
    eventually(async () => (await server.call<Trace>('GET', `/api/studio/correlation/?trace_id=${id}`)).body, holds);
  const verdictOf = async ({ trace_id }: Receipt, holds: (verdict: Verdict) => boolean) => {
    const trace = await traceOf(trace_id, ({ events }) => events[0]?.verdicts[0] !== undefined && holds(events[0].verdicts[0]));
    return trace.events[0]?.verdicts[0] as Verdict;
  };
  const executionsOf = async (id: string) =>
    (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&ordering=id&limit=200`)).body
      .results;

  /** That other events are dispatched as if nothing had happened, of this tenant and of another one. */
  async function expectOthersToStart(): Promise<void> {
    const neighbour = await createTenant(server, 'neighbour');
    const type = `neighbour.test${++serial}`;
    await createWorkflow({ ...server, call: neighbour.call }, echo, [], { triggers: [{ type: 'event', event_type: type }] });
    const sent = await neighbour.call<Receipt>('POST', '/api/v1/events/', { event_type: type, payload: {} });
    await eventually(
      async () =>
        (await neighbour.call<{ results: Execution[] }>('GET', `/api/v1/executions/?trace_id=${sent.body.trace_id}`)).body
          .results,
      ({ length }) => length === 1,
    );
    const other = await workflow({});
    const { trace_id } = await other.send({});
    await traceOf(trace_id, ({ executions }) => executions.length === 1);
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
  }

  const keyed: [string, (key: string) => object][] = [
    ['idempotency_key', (key) => ({ idempotency_key: key })],
    ['concurrency', (key) => ({ concurrency: { limit: 1, key } })],
    ['rate_limit', (key) => ({ rate_limit: { limit: 5, period_seconds: 1, key } })],
    ['debounce', (key) => ({ debounce: { seconds: 0.2, key } })],
    ['batch', (key) => ({ batch: { size: 5, seconds: 0.2, key } })],
  ];

  it.each(keyed)('makes a key of %s storable', async (_name, settings) => {
    const { id, send } = await workflow(settings('k{{ event.payload.s | url_decode }}{{ event.payload.b64 | base64_decode }}'));
    await send({ s: 'a%00b', b64: '7aC9' });
    await eventually(
      () => executionsOf(id),
      (rows) => rows.length === 1,
    );
    await expectOthersToStart();
  });

  it.each(keyed)('ends an event whose key of %s cannot be made with an error', async (_name, settings) => {
    const missing = await workflow(settings('{{ event.payload.customer }}'));
    const long = await workflow(settings('{{ event.payload.customer }}'));
    const [first, second] = [await missing.send({}), await long.send({ customer: 'x'.repeat(501) })];
    expect((await verdictOf(first, ({ error }) => error !== null)).error).toContain('customer');
    expect((await verdictOf(second, ({ error }) => error !== null)).error).toContain('500');
    await expectOthersToStart();
  });

  it('ends one event that the database refuses, and starts those beside it', async () => {
    const { id, type } = await workflow({});
    // Whoever embeds the engine may have put a rule of their own on a table.
    await server.automate.db.migrate((connection) =>
      connection.script(`alter table automate.executions add constraint no_thirteen check (trace_id not like 'thirteen%')`),
    );
    const bodies = Array.from({ length: 40 }, (_, n) => ({ event_type: type, payload: { n } }));
    await Promise.all([
      server.call('POST', '/api/v1/events/', bodies),
      ...[1, 2].map((n) => server.call('POST', '/api/v1/events/', bodies[0], { 'x-trace-id': `thirteen-${n}` })),
      server.call('POST', '/api/v1/events/', bodies),
    ]);
    await eventually(
      () => executionsOf(id),
      (rows) => rows.length === 80,
    );
    for (const n of [1, 2]) {
      const trace = await traceOf(`thirteen-${n}`, ({ events }) => events[0]?.verdicts[0]?.error !== undefined);
      expect(trace.events[0]).toMatchObject({ is_dispatched: true, verdicts: [{ match: false, execution_id: null }] });
      expect(trace.events[0]?.verdicts[0]?.error).toBe('not_storable: What would start cannot be stored (SQLSTATE 23514).');
    }
    await server.automate.db.migrate((connection) =>
      connection.script('alter table automate.executions drop constraint no_thirteen'),
    );
    await expectOthersToStart();
  });

  // PGlite has one session, so nothing comes between two statements of a transaction there.
  it.runIf(kind === 'postgres')('shows an event either before its dispatch or after it', async () => {
    const idle = await createTestServer(kind, { hasWorker: false });
    try {
      const { db } = idle.automate;
      const workflowId = await createWorkflow(idle, echo, [], { triggers: [{ type: 'event', event_type: 'one.moment' }] });
      const { body } = await idle.call<Receipt>('POST', '/api/v1/events/', { event_type: 'one.moment', payload: {} });
      const look = async () =>
        (await idle.call<Trace>('GET', `/api/studio/correlation/?trace_id=${body.trace_id}`)).body.events.map(
          ({ is_dispatched, verdicts }) => [is_dispatched, verdicts.length],
        );
      const waiting = `select 1 from pg_locks where not granted and relation = 'automate.verdicts'::regclass`;
      let seen: ReturnType<typeof look> | undefined;
      await db.transaction(async (transaction) => {
        await transaction.query('lock table verdicts in access exclusive mode');
        seen = look();
        // It has read the event, and is about to read what was decided.
        await eventually(
          async () => (await db.query(waiting)).rows,
          (rows) => rows.length > 0,
        );
        await transaction.query('delete from outbox where event_id = $1', [body.event_id]);
        await transaction.query(
          `insert into verdicts (event_id, trigger_id, tenant_id, workflow_id, is_match)
           select $1, id, tenant_id, workflow_id, false from triggers where workflow_id = $2`,
          [body.event_id, workflowId],
        );
      });
      expect(await seen).toEqual([[false, 0]]);
      expect(await look()).toEqual([[true, 1]]);
    } finally {
      await idle.close();
    }
  });

  it('ends gathered events whose new version cannot make its keys, and releases the others', async () => {
    const { id, type, send } = await workflow({ debounce: { seconds: 0.6 } });
    const other = await workflow({ batch: { size: 10, seconds: 0.6 } });
    const lost = await send({});
    await verdictOf(lost, ({ note }) => note === 'debounced');
    await other.send({});
    const body = { name: 'Test', graph: { nodes: echo, edges: [] }, triggers: [{ type: 'event', event_type: type }] };
    const settings = { debounce: { seconds: 0.6 }, concurrency: { limit: 1, key: '{{ event.payload.customer }}' } };
    expect((await server.call('PUT', `/api/v1/workflows/${id}/`, { ...body, settings })).status).toBe(200);
    const verdict = await verdictOf(lost, ({ error }) => error !== null);
    expect(verdict.error).toContain('customer');
    await eventually(
      () => executionsOf(other.id),
      (rows) => rows.length === 1,
    );
    expect(await executionsOf(id)).toEqual([]);
    await expectOthersToStart();
  });

  it('ends what was gathered when the database refuses what it starts, and releases the others', async () => {
    const [bad, good] = [await workflow({ batch: { size: 2, seconds: 5 } }), await workflow({ batch: { size: 2, seconds: 5 } })];
    await server.automate.db.migrate((connection) =>
      connection.script(`alter table automate.executions add constraint not_this_one check (workflow_id <> '${bad.id}')`),
    );
    const events = [bad, good, bad, good].map(({ type }) => ({ event_type: type, payload: {} }));
    const receipts = (await server.call<Receipt[]>('POST', '/api/v1/events/', events)).body;
    await eventually(
      () => executionsOf(good.id),
      (rows) => rows.length === 1,
    );
    for (const place of [0, 2]) {
      const verdict = await verdictOf(receipts[place] as Receipt, ({ error }) => error !== null);
      expect(verdict.error).toBe('not_storable: What would start cannot be stored (SQLSTATE 23514).');
    }
    await server.automate.db.migrate((connection) =>
      connection.script('alter table automate.executions drop constraint not_this_one'),
    );
    await expectOthersToStart();
  });

  const step = (type: string, config: object) => ({ graph: { nodes: [{ id: 'a', type, config }] } });
  it.each<[string, (rule: unknown) => object]>([
    ['/triggers/0/filter', (filter) => ({ triggers: [{ type: 'event', event_type: 'some.type', filter }] })],
    ['/settings/cancel_on/0/match', (match) => ({ settings: { cancel_on: [{ event_type: 'some.type', match }] } })],
    ['/graph/nodes/0/config/match', (match) => step('core.wait_for_event', { event_type: 'some.type', match })],
    ['/graph/nodes/0/config/condition', (condition) => step('logic.if', { condition })],
    ['/graph/nodes/0/config/condition', (condition) => step('core.filter', { condition })],
    ['/graph/nodes/0/config/condition', (condition) => step('flow.while', { condition, body: { nodes: echo, edges: [] } })],
  ])('refuses rules that are none at %s (%#)', async (pointer, withRule) => {
    const save = (rule: unknown) =>
      server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', {
        name: 'x',
        graph: { nodes: echo },
        ...withRule(rule),
      });
    for (const rule of ['text', '', null, 1, 0, [], [true]]) {
      const reply = await save(rule);
      expect([reply.status, reply.body.errors?.[0]?.pointer], JSON.stringify(rule)).toEqual([400, pointer]);
    }
    for (const rule of [true, false, { '==': [1, 1] }]) expect(await save(rule)).toMatchObject({ status: 201 });
  });

  it.each(['"text"', '""', '1', '[]', '{"nope": 1}', '{"==": [{"var": "secrets.key"}, 1]}'])(
    'fails closed on the stored rule %s',
    async (filter) => {
      const { id, send } = await workflow({});
      await server.automate.db.query('update triggers set filter = $1 where workflow_id = $2', [filter, id]);
      await server.automate.db.query('update trigger_versions set version = version + 1');
      expect((await verdictOf(await send({}), ({ error }) => error !== null)).match).toBe(false);
      expect(await executionsOf(id)).toEqual([]);
    },
  );

  it.each([
    { priority: { nope: 1 } },
    { cancel_on: [{ event_type: 'some.type', match: 'text' }] },
    { cancel_on: [{ event_type: 'some.type', match: null }] },
    { cancel_on: [{ event_type: 'some.type', match: { '==': [{ var: 'secrets.key' }, 1] } }] },
    { idempotency_key: '{{ secrets.key }}' },
    { concurrency: { limit: 1, key: '{{ secrets.key }}' } },
  ])('fails closed on the stored settings %j', async (stored) => {
    const { id, send } = await workflow({});
    const settings = JSON.stringify(stored);
    await server.automate.db.query('update workflow_versions set settings = $1 where workflow_id = $2', [settings, id]);
    await server.automate.db.query('update trigger_versions set version = version + 1');
    expect((await verdictOf(await send({}), ({ error }) => error !== null)).match).toBe(false);
    await expectOthersToStart();
    expect(await executionsOf(id)).toEqual([]);
  });

  it('wants an object as payload', async () => {
    for (const payload of ['text', '', null, 1, true, [], [{}]]) {
      const reply = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/events/', { event_type: 'a', payload });
      expect([reply.status, reply.body.errors?.[0]?.pointer], JSON.stringify(payload)).toEqual([400, '/payload']);
    }
    await expect(server.automate.emit(server.automate.db, { type: 'a', payload: 'text' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it.each(['workflow.failed', 'workflow.run', 'workflow.x.y', 'automate.anything', 'events.batch'])(
    'keeps the name %s for itself',
    async (event_type) => {
      const reply = await server.call<{ code: string; errors: { pointer: string }[] }>('POST', '/api/v1/events/', [
        { event_type: 'fine', payload: {} },
        { event_type, payload: {} },
      ]);
      expect([reply.status, reply.body.code, reply.body.errors?.[0]?.pointer]).toEqual([
        400,
        'reserved_event_type',
        '/1/event_type',
      ]);
      await expect(server.automate.emit(server.automate.db, { type: event_type, payload: {} })).rejects.toMatchObject({
        code: 'reserved_event_type',
      });
    },
  );
});
