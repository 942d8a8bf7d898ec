import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';

interface Group {
  readonly key: string | null;
  readonly name: string | null;
  readonly calls: number;
  readonly unpriced_calls: number;
  readonly cost_nanos: number;
  readonly costs: readonly number[];
}
interface Spend {
  readonly step: string;
  readonly steps: readonly string[];
  readonly total: Omit<Group, 'key' | 'name' | 'costs'>;
  readonly groups: readonly Group[];
  readonly rest: (Group & { readonly groups: number }) | null;
}

describe.each(databaseKinds)('what calls cost, on %s', (kind) => {
  let server: TestServer;
  let tenantId: string;
  const path = '/api/v1/gateway/spend/';
  const days = 'since=2026-03-01T00:00:00Z&until=2026-03-31T00:00:00Z';

  beforeAll(async () => {
    server = await createTestServer(kind);
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from automate.tenants where slug = 'default'`);
    tenantId = rows[0]?.id ?? '';
    const other = await server.call<{ id: string }>('POST', '/api/v1/tenants/', { slug: 'other', name: 'Other' });
    await add({ endpoint: 'chat', at: '2026-03-02T10:00:00Z', nanos: 5_000 });
    await add({ endpoint: 'chat', at: '2026-03-02T23:59:59Z', nanos: 7_000 });
    await add({ endpoint: 'chat', at: '2026-03-03T00:00:00Z', nanos: null });
    await add({ endpoint: 'chat', at: '2026-03-03T01:00:00Z', nanos: null, status: 'failed', tokens: 0 });
    await add({ endpoint: 'draw', at: '2026-03-05T00:00:00Z', nanos: 90_000 });
    await add({ endpoint: null, at: '2026-03-06T00:00:00Z', nanos: 1_000 });
    await add({ endpoint: 'late', at: '2026-03-31T00:00:00Z', nanos: 1_000_000 });
    await add({ endpoint: 'theirs', at: '2026-03-05T00:00:00Z', nanos: 3_000_000, tenant: other.body.id });
  });
  afterAll(() => server?.close());

  async function add(call: {
    endpoint: string | null;
    at: string;
    nanos: number | null;
    status?: string;
    tokens?: number;
    tenant?: string;
  }) {
    await server.automate.db.query(
      `insert into gateway.calls (id, tenant_id, created_at, task, model, endpoint, provider, provider_model, protocol, caller, trace_id, status, cost_nanos, input_tokens, latency_ms)
       values ($1, $2, $3, 'llm.chat', 'm', $4, 'vendor', 'unheard-of-model', 'openai', 'user', 'trace', $5, $6, $7, 5)`,
      [newId(), call.tenant ?? tenantId, call.at, call.endpoint, call.status ?? 'succeeded', call.nanos, call.tokens ?? 100],
    );
  }

  it('is summed up by day and group, for one tenant alone, and what has no price is counted apart', async () => {
    const { status, body } = await server.call<Spend>('GET', `${path}?${days}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      step: 'day',
      total: { calls: 6, unpriced_calls: 1, cost_nanos: 103_000, tokens: 500 },
      rest: null,
    });
    expect(body.steps).toHaveLength(30);
    expect(body.groups.map(({ key, calls, unpriced_calls, cost_nanos }) => [key, calls, unpriced_calls, cost_nanos])).toEqual([
      ['draw', 1, 0, 90_000],
      ['chat', 4, 1, 12_000],
      [null, 1, 0, 1_000],
    ]);
    expect(body.groups[1]?.costs.slice(0, 4)).toEqual([0, 12_000, 0, 0]);
  });

  it('is told by the hour for a few days, and what is beyond the limit as one', async () => {
    const hours = 'since=2026-03-02T09:30:00Z&until=2026-03-03T02:00:00Z';
    const { body } = await server.call<Spend>('GET', `${path}?${hours}`);
    expect(body).toMatchObject({ step: 'hour', total: { calls: 4, cost_nanos: 12_000 } });
    expect(body.steps[0]).toBe('2026-03-02T09:00:00.000Z');
    expect([body.steps.length, body.groups[0]?.costs[1], body.groups[0]?.costs[14]]).toEqual([17, 5_000, 7_000]);
    const short = await server.call<Spend>('GET', `${path}?${days}&limit=1`);
    expect(short.body.groups.map(({ key }) => key)).toEqual(['draw']);
    expect(short.body.rest).toMatchObject({ groups: 2, calls: 5, unpriced_calls: 1, cost_nanos: 13_000 });
  });

  it.each(['provider', 'model', 'api_key', 'prompt'])('is told by %s', async (by) => {
    const { status, body } = await server.call<Spend>('GET', `${path}?${days}&by=${by}`);
    const key = { provider: 'vendor', model: 'unheard-of-model' }[by] ?? null;
    expect([status, body.groups.map((group) => [group.key, group.cost_nanos])]).toEqual([200, [[key, 103_000]]]);
  });

  it.each([
    ['since=yesterday', '/query/since'],
    ['by=colour', '/query/by'],
    ['limit=51', '/query/limit'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await server.call<{ errors: { pointer: string }[] }>('GET', `${path}?${query}`);
    expect([status, [...new Set(body.errors.map((issue) => issue.pointer))]]).toEqual([400, [pointer]]);
  });

  it.each([
    ['since=2026-03-31T00:00:00Z&until=2026-03-01T00:00:00Z', '2026-02-28T23:00:00.000Z'],
    ['since=2020-03-31T00:00:00Z&until=2026-03-01T00:00:00Z', '2025-02-28T00:00:00.000Z'],
  ])('looks over an hour at least, and a year at most: %s', async (query, since) => {
    const { status, body } = await server.call<{ since: string; until: string }>('GET', `${path}?${query}`);
    expect([status, body.since, body.until]).toEqual([200, since, '2026-03-01T00:00:00.000Z']);
  });

  it('names models without a price until they have one', async () => {
    await add({ endpoint: 'chat', at: new Date().toISOString(), nanos: null });
    const list = () => server.call<{ results: object[] }>('GET', '/api/v1/gateway/unpriced-models/');
    expect((await list()).body.results).toMatchObject([{ provider: 'vendor', model: 'unheard-of-model', calls: 1, tokens: 100 }]);
    await server.call('POST', '/api/v1/gateway/prices/', { model: 'unheard-of-model', input: '1', output: '2' });
    expect((await list()).body.results).toEqual([]);
  });

  it('lists public prices, and your own in their place', async () => {
    interface Catalogue {
      books: string[];
      is_complete: boolean;
      results: { book: string; model: string; source: string; rates: { input: string } }[];
    }
    const list = async (query: string) =>
      (await server.call<Catalogue>('GET', `/api/v1/gateway/prices/catalogue/?${query}`)).body;
    const all = await list('');
    expect([all.results.length, all.is_complete, all.books.includes('openai')]).toEqual([200, false, true]);
    const found = await list('book=openai&search=gpt-4o-mini');
    const [first] = found.results;
    expect(first).toMatchObject({ book: 'openai', source: 'seed' });
    await server.call('POST', '/api/v1/gateway/prices/', { book: 'openai', model: first?.model, input: '77' });
    expect((await list(`book=openai&search=${first?.model}`)).results[0]).toMatchObject({
      source: 'override',
      rates: { input: '77.00' },
    });
  });

  it('tells how much room artifacts have, and gives links to them', async () => {
    const space = async () => (await server.call<{ used_bytes: number }>('GET', '/api/v1/artifacts/space/')).body;
    expect(await space()).toMatchObject({ used_bytes: 0, limit_bytes: null });
    const form = new FormData();
    form.set('file', new Blob(['hello']), 'hi.txt');
    const headers = { authorization: `Bearer ${server.token}` };
    const made = await fetch(`${server.url}/api/v1/artifacts/`, { method: 'POST', headers, body: form });
    const { id } = (await made.json()) as { id: string };
    expect(await space()).toMatchObject({ used_bytes: 5 });
    const { body } = await server.call<{ url: string }>('GET', `/api/v1/artifacts/${id}/link/`);
    expect(await (await fetch(body.url)).text()).toBe('hello');
    const filtered = async (query: string) =>
      (await server.call<{ results: object[] }>('GET', `/api/v1/artifacts/?${query}`)).body.results.length;
    expect([await filtered('bytes_min=6'), await filtered('bytes_max=5&unreferenced_since_is_null=false')]).toEqual([0, 1]);
  });

  it('is held by a budget of a key, which tells an automation before it is spent, as the guide has it', async () => {
    const post = async <Body = { id: string }>(path: string, body: object, headers = {}) => {
      const reply = await server.call<Body>('POST', path, body, headers);
      expect([path, reply.status < 300, reply.body]).toEqual([path, true, reply.body]);
      return reply.body;
    };
    await post('/api/v1/providers/', { slug: 'demo', name: 'Demo', kind: 'demo' });
    await post('/api/v1/endpoints/', { slug: 'support-chat', name: 'Support', targets: [{ provider: 'demo', model: 'demo' }] });
    const team = await post<{ id: string; key: string }>('/api/v1/api-keys/', {
      name: 'Support team',
      scopes: ['endpoints:run'],
    });
    const { id } = await post('/api/v1/gateway/budgets/', {
      name: 'Support team',
      scope: 'api_key',
      subject_id: team.id,
      period: 'month',
      time_zone: 'Europe/Rome',
      metric: 'requests',
      amount: '2',
      thresholds: [50, 80, 100],
    });
    const { id: workflow } = await post('/api/v1/workflows/', {
      name: 'Tell of budgets',
      triggers: [{ type: 'event', event_type: 'gateway.budget_threshold', filter: { '>=': [{ var: 'payload.threshold' }, 80] } }],
      graph: {
        nodes: [
          {
            id: 'tell',
            type: 'core.log',
            config: {
              message:
                '{{ event.payload.budget.name }}: {{ event.payload.spent }} of {{ event.payload.amount }} {{ event.payload.metric }}',
            },
          },
        ],
      },
    });
    const ask = () =>
      server.call<{ error?: { code: string } }>(
        'POST',
        '/v1/chat/completions',
        { model: 'support-chat', messages: [{ role: 'user', content: 'Hello' }] },
        { authorization: `Bearer ${team.key}` },
      );
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect([refused.status, refused.body.error?.code]).toEqual([402, 'budget_spent']);
    await eventually(
      async () =>
        (await server.call<{ results: { status: string }[] }>('GET', `/api/v1/executions/?workflow_id=${workflow}`)).body.results,
      (runs) => runs.some(({ status }) => status === 'succeeded'),
    );
    const standing = await server.call('GET', `/api/v1/gateway/budgets/${id}/standing/`);
    expect(standing.body).toMatchObject({ left: '0', spent: '2', amount: '2' });
    // The log is a moment behind the calls.
    const spent = await eventually(
      async () => (await server.call<Spend>('GET', `${path}?by=api_key`)).body.groups.find(({ key }) => key === team.id),
      (group) => group !== undefined,
    );
    expect(spent).toMatchObject({ name: 'Support team', unpriced_calls: 0 });
    expect((await server.call('PATCH', `/api/v1/gateway/budgets/${id}/`, { amount: '3' })).status).toBe(200);
    await eventually(
      async () => (await ask()).status,
      (status) => status === 200,
    );
  });
});
