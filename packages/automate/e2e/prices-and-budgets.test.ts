import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { createWorkflow, eventually } from './support/executions.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { keyOf } from './support/tenants.ts';

interface Standing {
  readonly spent: string;
  readonly held: string;
  readonly left: string;
  readonly forecast: string | null;
  readonly days: readonly { readonly used: string }[];
}

describe.each(databaseKinds)('prices and budgets on %s', (kind) => {
  let house: GatewayHouse;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
  });
  afterAll(() => house?.close());

  const make = async (path: string, body: object) => {
    const reply = await house.server.call<{ id: string }>('POST', `/api/v1/gateway/${path}/`, body);
    expect([reply.status, reply.body]).toEqual([201, expect.objectContaining(body)]);
    return reply.body.id;
  };
  const standingOf = async (id: string) =>
    (await house.server.call<Standing>('GET', `/api/v1/gateway/budgets/${id}/standing/`)).body;

  it('prices calls as agreed, counts them in the budgets they belong to, and refuses what has no room', async () => {
    const endpoint = await house.endpoint('priced', 'good');
    await make('prices', { model: 'good', input: '1', cache_read: '0.5', output: '10' });
    const dollars = await make('budgets', {
      name: 'Dollars',
      metric: 'usd',
      amount: '0.02',
      period: 'month',
      scope: 'endpoint',
      subject_id: endpoint,
      time_zone: 'Europe/Rome',
    });
    const requests = await make('budgets', {
      name: 'Two',
      metric: 'requests',
      amount: '2',
      period: 'total',
      scope: 'endpoint',
      subject_id: endpoint,
    });
    expect((await house.chat('priced')).status).toBe(200);
    // 40 of input, 60 from the cache, 25 and 15 of output.
    const [call] = await house.calls('priced');
    expect(call?.cost_nanos ?? (call as unknown as { cost_usd: string }).cost_usd).toSatisfy(
      (cost: number | string) => cost === 470_000 || cost === '0.00047',
    );
    expect((await house.chat('priced')).status).toBe(200);
    const refused = await house.chat('priced');
    expect([refused.status, refused.body.error?.message]).toEqual([402, expect.stringContaining('"Two" of 2 requests')]);
    const standing = await eventually(
      () => standingOf(dollars),
      ({ spent, held }) => spent === '0.00094' && held === '0.00',
    );
    expect(standing).toMatchObject({ left: '0.01906', days: [{ used: '0.00094' }] });
    expect(Number(standing.forecast)).toBeGreaterThan(0.00094);
    expect(await standingOf(requests)).toMatchObject({ spent: '2', left: '0', forecast: null });
    // A larger amount holds at once.
    const path = `/api/v1/gateway/budgets/${requests}/`;
    expect((await house.server.call('PATCH', path, { amount: '3' })).status).toBe(200);
    expect((await house.chat('priced')).status).toBe(200);
    expect((await house.chat('priced')).status).toBe(402);
    expect((await house.server.call('DELETE', path)).status).toBe(204);
    expect((await house.chat('priced')).status).toBe(200);
  });

  it('starts automations when a threshold is passed', async () => {
    const endpoint = await house.endpoint('watched', 'good');
    const workflow = await createWorkflow(
      house.server,
      [
        { id: 'say', type: 'core.log', config: { message: '{{ event.payload.budget.name }} {{ event.payload.threshold }}' } },
      ] as never,
      [],
      { triggers: [{ type: 'event', event_type: 'gateway.budget_threshold' }] },
    );
    await make('budgets', {
      name: 'Watched',
      metric: 'requests',
      amount: '2',
      period: 'day',
      scope: 'endpoint',
      subject_id: endpoint,
      thresholds: [50, 100],
    });
    for (let count = 0; count < 2; count += 1) expect((await house.chat('watched')).status).toBe(200);
    const path = `/api/v1/executions/?workflow_id=${workflow}&count=true`;
    const { count } = await eventually(
      async () => (await house.server.call<{ count: number }>('GET', path)).body,
      (list) => list.count >= 2,
    );
    expect(count).toBe(2);
  });

  it('shows what a model costs, and where that is known from', async () => {
    const ask = async (query: string) => (await house.server.call('GET', `/api/v1/gateway/prices/effective/?${query}`)).body;
    expect(await ask('book=openai&model=gpt-4o')).toMatchObject({
      source: 'seed',
      rates: { input: '2.50', cache_read: '1.25', cache_write: '2.50', output: '10.00', reasoning: '10.00', image: null },
    });
    expect(await ask('model=gemini-2.5-pro')).toMatchObject({
      rates: { input: { base: '1.25', tiers: [{ start: 200_000, price: '2.50' }] } },
    });
    expect(await ask('model=nobody')).toMatchObject({ source: 'unknown', rates: null });
    expect(await ask('book=free&model=nobody')).toMatchObject({ source: 'free', rates: { input: '0.00' } });
  });

  it('refuses what makes no sense, and says what would', async () => {
    const budget = { name: 'B', metric: 'requests', amount: '5', period: 'day' };
    for (const [path, body, pointer] of [
      ['budgets', { ...budget, amount: '0' }, '/amount'],
      ['budgets', { ...budget, amount: '1.5' }, '/amount'],
      ['budgets', { ...budget, metric: 'usd', amount: '9000001' }, '/amount'],
      ['budgets', { ...budget, scope: 'endpoint' }, '/subject_id'],
      ['budgets', { ...budget, time_zone: 'Mars/Olympus' }, '/time_zone'],
      ['prices', { model: 'm' }, ''],
      ['prices', { model: 'm', input: '-1' }, '/input'],
      ['prices', { model: 'm', input: '0.0000000001' }, '/input'],
    ] as const) {
      const { status, body: problem } = await house.server.call<{ errors: { pointer: string }[] }>(
        'POST',
        `/api/v1/gateway/${path}/`,
        body,
      );
      expect([status, problem.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
    }
  });

  it('keeps tenants apart, and records who changed what', async () => {
    const price = await make('prices', { model: 'mine', input: '1' });
    const budget = await make('budgets', { name: 'Mine', metric: 'tokens', amount: '5', period: 'hour' });
    const { id: tenantId } = await house.server.automate.ensureTenant('stranger', 'Stranger');
    const stranger = await keyOf(house.server, { tenantId, name: 'stranger', isStaff: false });
    for (const path of [`prices/${price}`, `budgets/${budget}`, `budgets/${budget}/standing`])
      expect((await stranger.ask('GET', `/api/v1/gateway/${path}/`)).status).toBe(404);
    expect((await stranger.ask('GET', '/api/v1/gateway/budgets/')).body).toMatchObject({ results: [] });
    expect((await stranger.ask('GET', '/api/v1/gateway/prices/effective/?model=mine')).body).toMatchObject({ source: 'unknown' });
    const { body } = await house.server.call<{ results: object[] }>('GET', '/api/v1/audit/?limit=100');
    const targets = JSON.stringify(body.results);
    expect(targets).toContain(price);
    expect(targets).toContain(budget);
    expect((await house.server.call('DELETE', `/api/v1/gateway/budgets/${budget}/`)).status).toBe(204);
  });
});
