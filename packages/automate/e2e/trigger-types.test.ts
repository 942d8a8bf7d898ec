import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTrigger, type Subscription } from '../src/engine/index.ts';
import { defineFeature } from '../src/platform/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { createTenant, type TestTenant } from './support/tenants.ts';

/** Another service that sends events to whoever asks it to. */
class Remote {
  readonly subscribers = new Map<string, Subscription>();
  readonly calls: string[] = [];
  isDown = false;

  subscribe(subscription: Subscription): string {
    this.calls.push('subscribe');
    if (this.isDown) throw new Error('the service is down');
    const hook = `hook-${this.calls.length}`;
    this.subscribers.set(hook, subscription);
    return hook;
  }

  unsubscribe(hook: string): void {
    this.calls.push('unsubscribe');
    if (this.isDown) throw new Error('the service is down');
    this.subscribers.delete(hook);
  }
}

const TYPE = 'crm.new_contact';
const graph = { nodes: [{ id: 'say', type: 'core.log', config: { message: '{{ event.payload.name }}' } }], edges: [] };
const trigger = (list: string, more: object = {}) => ({ type: TYPE, config: { list }, ...more });

describe.each(databaseKinds)('triggers of a feature on %s', (kind) => {
  const remote = new Remote();
  const crm = defineFeature({
    name: 'crm',
    triggers: [
      defineTrigger({
        type: TYPE,
        description: 'A contact was made',
        config: z.strictObject({ list: z.string().min(1), tag: z.string().optional() }),
        activate: async (subscription) => ({ hook: remote.subscribe(subscription as Subscription) }),
        deactivate: async ({ state }) => remote.unsubscribe(String(state.hook)),
      }),
    ],
  });
  let server: TestServer;
  let other: TestTenant;
  beforeAll(async () => {
    server = await createTestServer(kind, { features: [crm] });
    other = await createTenant(server, 'other');
  });
  afterAll(() => server.close());

  const lists = () => [...remote.subscribers.values()].map(({ config }) => config.list).sort();
  const asked = (...wanted: string[]) =>
    eventually(
      async () => lists(),
      (found) => found.join() === wanted.join(),
      20_000,
    );
  const hookOf = (list: string) => [...remote.subscribers].find(([, { config }]) => config.list === list)?.[1].id ?? '';
  const statesOf = async (id: string) =>
    (await server.call<{ results: { status: string; error: string | null }[] }>('GET', `/api/v1/workflows/${id}/triggers/`)).body
      .results;
  const fire = (subscriptionId: string, payload: { name: string }, idempotencyKey?: string) =>
    server.automate.triggers.fire({ subscriptionId, payload, ...(idempotencyKey && { idempotencyKey }) });
  const executionsOf = async (id: string) =>
    (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&limit=200`)).body.results;
  async function make(triggers: object[]): Promise<string> {
    const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'Greet', graph, triggers });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body.id;
  }
  const end = async (id: string) => {
    await server.call('DELETE', `/api/v1/workflows/${id}/`);
    await asked();
  };

  it('refuses a type that no feature brings, and a configuration that is wrong, by their places', async () => {
    const wrong = [
      { type: 'crm.lost', config: {} },
      { type: TYPE, config: { list: '' } },
      trigger('x', { filter: { nonsense: [] } }),
    ];
    const { status, body } = await server.call<{ errors: { pointer: string; code: string }[] }>('POST', '/api/v1/workflows/', {
      name: 'x',
      graph,
      triggers: wrong,
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }) => pointer)).toEqual([
      '/triggers/0/type',
      '/triggers/1/config/list',
      '/triggers/2/filter',
    ]);
    expect(body.errors[0]?.code).toBe('trigger_not_available');
    expect(remote.calls).toEqual([]);
  });

  it('asks for events once a workflow is live, and its events start that workflow alone', async () => {
    const [one, two] = [await make([trigger('one')]), await make([trigger('two')])];
    const byType = await make([{ type: 'event', event_type: 'crm.*' }]);
    await asked('one', 'two');
    expect(await statesOf(one)).toMatchObject([{ status: 'active', error: null }]);
    const first = await fire(hookOf('one'), { name: 'Ada' }, 'delivery-1');
    expect(first.status).toBe('accepted');
    expect(await fire(hookOf('one'), { name: 'Ada' }, 'delivery-1')).toEqual({ ...first, status: 'duplicate' });
    await eventually(
      () => executionsOf(one),
      (rows) => rows[0]?.status === 'succeeded',
    );
    expect(await executionsOf(one)).toHaveLength(1);
    expect(await executionsOf(two)).toEqual([]);
    expect(await executionsOf(byType)).toEqual([]);
    // An event of that type from outside is for nobody's subscription.
    await server.call('POST', '/api/v1/events/', { event_type: TYPE, payload: { name: 'Eve' } });
    await eventually(
      () => executionsOf(byType),
      (rows) => rows.length === 1,
    );
    expect(await executionsOf(one)).toHaveLength(1);
    for (const id of [one, byType]) await server.call('DELETE', `/api/v1/workflows/${id}/`);
    await asked('two');
    await end(two);
  });

  it('keeps what it asked for over versions that say the same, and gives it back with the last', async () => {
    const id = await make([trigger('kept'), trigger('kept'), trigger('gone')]);
    await asked('gone', 'kept', 'kept');
    const before = remote.calls.length;
    const kept = [...remote.subscribers.values()].flatMap(({ id: own, config }) => (config.list === 'kept' ? own : []));
    const update = (triggers: object[]) => server.call('PUT', `/api/v1/workflows/${id}/`, { name: 'Greet', graph, triggers });
    expect((await update([trigger('new'), trigger('kept'), trigger('kept', { filter: { '==': [1, 2] } })])).status).toBe(200);
    await asked('kept', 'kept', 'new');
    expect(remote.calls.slice(before).sort()).toEqual(['subscribe', 'unsubscribe']);
    expect(kept.every((own) => [...remote.subscribers.values()].some((found) => found.id === own))).toBe(true);
    for (const own of kept) await fire(own, { name: 'Ada' });
    await eventually(
      () => executionsOf(id),
      (rows) => rows.length === 1,
    );
    await end(id);
    // The other side knows it a moment before it is stored here.
    await eventually(
      () => statesOf(id),
      (states) => states.every(({ status }) => status === 'paused'),
    );
    expect(await statesOf(id)).toMatchObject([{ status: 'paused' }, { status: 'paused' }, { status: 'paused' }]);
  });

  it('has a subscription for each of two that say the same, however it is written', async () => {
    const twice = [
      { type: TYPE, config: { list: 'same', tag: 'x' } },
      { type: TYPE, config: { tag: 'x', list: 'same' } },
    ];
    const id = await make(twice);
    await asked('same', 'same');
    const before = [...remote.subscribers.keys()].sort();
    const calls = remote.calls.length;
    await server.call('PUT', `/api/v1/workflows/${id}/`, { name: 'Greet', graph, triggers: [...twice, trigger('more')] });
    await asked('more', 'same', 'same');
    expect([...remote.subscribers.keys()]).toEqual(expect.arrayContaining(before));
    expect(remote.calls.slice(calls)).toEqual(['subscribe']);
    await end(id);
  });

  it('gives it back while it is paused, and asks again', async () => {
    const id = await make([trigger('a'), trigger('off', { is_active: false })]);
    await asked('a');
    await server.call('PATCH', `/api/v1/workflows/${id}/`, { is_live: false });
    await asked();
    await server.call('PATCH', `/api/v1/workflows/${id}/`, { is_live: true });
    await asked('a');
    await end(id);
  });

  it('tries again what the other side refuses, and says why meanwhile', async () => {
    remote.isDown = true;
    const id = await make([trigger('late')]);
    await eventually(
      () => statesOf(id),
      ([state]) => state?.error === 'the service is down',
    );
    expect(await statesOf(id)).toMatchObject([{ status: 'pending' }]);
    remote.isDown = false;
    await asked('late');
    await eventually(
      () => statesOf(id),
      ([state]) => state?.status === 'active' && state.error === null,
    );
    await end(id);
  });

  it('keeps no other workflow of the tenant waiting through the pauses between its tries, and ends as a dead letter', async () => {
    const jobs = async (condition: string) =>
      (
        await server.automate.db.query<{ id: string; tries: number; slot: string | null }>(
          `select id, (payload->>'tries')::int as tries, slot from automate.jobs where kind = 'trigger_subscriptions' and ${condition}`,
        )
      ).rows;
    remote.isDown = true;
    const id = await make([trigger('down')]);
    const [pause] = await eventually(
      () => jobs(`state = 'scheduled' and (payload->>'tries')::int >= 2`),
      (found) => found.length === 1,
    );
    expect(pause?.slot).toBeNull();
    const healthy = await make([trigger('off', { is_active: false })]);
    await eventually(
      () => jobs(`payload->>'workflow_id' = '${healthy}' and state = 'succeeded'`),
      (found) => found.length === 1,
    );
    // As after so many tries.
    await server.automate.db.query(
      `update automate.jobs set payload = payload || '{"tries": 49}', run_at = now() where id = $1`,
      [pause?.id],
    );
    const [dead] = await eventually(
      () => jobs(`state = 'failed' and error->>'message' = 'the service is down'`),
      (found) => found.length === 1,
    );
    expect(dead?.tries).toBe(0);
    remote.isDown = false;
    expect((await server.call('POST', `/api/v1/jobs/${dead?.id}/redrive/`)).status).toBeLessThan(300);
    await asked('down');
    await end(id);
    await server.call('DELETE', `/api/v1/workflows/${healthy}/`);
  });

  it('shows nothing of it to other tenants, and sends nothing for what is gone', async () => {
    const id = await make([trigger('mine')]);
    await asked('mine');
    const subscription = hookOf('mine');
    expect((await other.call('GET', `/api/v1/workflows/${id}/triggers/`)).status).toBe(404);
    await server.call('PUT', `/api/v1/workflows/${id}/`, { name: 'Greet', graph, triggers: [] });
    await asked();
    await eventually(
      () => statesOf(id),
      (states) => states.length === 0,
    );
    await expect(fire(subscription, { name: 'Ada' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

/** Some of the other sides that trigger types ask never answer. */
describe('triggers that hang', () => {
  const asked: string[] = [];
  const feature = defineFeature({
    name: 'slow',
    triggers: [
      defineTrigger({
        type: 'slow.answer',
        description: 'An answer came',
        config: z.strictObject({ list: z.string(), hangs: z.boolean().default(false) }),
        activate: ({ config }) => {
          asked.push(config.list);
          return config.hangs ? new Promise<never>(() => undefined) : Promise.resolve({});
        },
      }),
    ],
  });
  let server: TestServer;
  let hanging: TestTenant;
  let healthy: TestTenant;
  beforeAll(async () => {
    server = await createTestServer('postgres', { features: [feature], environment: { AUTOMATE_WORKER_CONCURRENCY: '2' } });
    hanging = await createTenant(server, 'hanging');
    healthy = await createTenant(server, 'healthy');
  });
  afterAll(() => server.close());

  it('hold one place of the workers for each tenant, and the triggers of others are asked for', async () => {
    const publish = async (tenant: TestTenant, list: string, hangs: boolean) => {
      const triggers = [{ type: 'slow.answer', config: { list, hangs } }];
      const made = await tenant.call<{ id: string }>('POST', '/api/v1/workflows/', { name: list, graph, triggers });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      return made.body.id;
    };
    await publish(hanging, 'one', true);
    await publish(hanging, 'two', true);
    await eventually(
      async () => asked,
      (found) => found.includes('one'),
    );
    const id = await publish(healthy, 'three', false);
    await eventually(
      () => healthy.call<{ results: { status: string }[] }>('GET', `/api/v1/workflows/${id}/triggers/`),
      ({ body }) => body.results[0]?.status === 'active',
    );
    expect(asked).toEqual(['one', 'three']);
    const { rows } = await server.automate.db.query<{ state: string }>(
      `select state from automate.jobs where tenant_id = $1 and kind = 'trigger_subscriptions' order by id`,
      [hanging.id],
    );
    expect(rows.map(({ state }) => state)).toEqual(['running', 'blocked']);
  });
});
