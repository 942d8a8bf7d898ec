import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ref, step, workflow } from 'automate/engine';
import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderIntake } from './order-intake.ts';

describe.each(databaseKinds)('workflows in TypeScript on %s', (kind) => {
  let server: TestServer;
  let stock: Server;
  let url: string;

  beforeAll(async () => {
    stock = createServer((request, response) => response.writeHead(request.url === '/items/gone' ? 500 : 200).end('{}'));
    await new Promise<void>((resolve) => stock.listen(0, '127.0.0.1', resolve));
    const { port } = stock.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: `127.0.0.1:${port}` } });
  });
  afterAll(async () => {
    await server?.close();
    stock?.close();
  });

  it('are defined, run, and stored anew only when something is different', async () => {
    const first = await server.automate.define(orderIntake(url));
    expect(first).toMatchObject({ status: 'created', version: 1 });
    expect(await server.automate.define(orderIntake(url))).toEqual({ ...first, status: 'unchanged' });
    const order = { id: 7, amount: 20, customer: 'ada', lines: [{ sku: 'here' }, { sku: 'gone' }] };
    const answer = { id: 7, first: 200, by: 'builder' };
    expect(await server.automate.run('order-intake', order, { wait: true })).toEqual(answer);

    const large = server.automate.run('order-intake', { ...order, amount: 5_000, lines: [{ sku: 'here' }] }, { wait: true });
    for (let isSigned = false; !isSigned; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const waiting = await server.call<{ results: { id: string }[] }>('GET', '/api/v1/executions/?status=waiting');
      const id = waiting.body.results[0]?.id;
      if (id) isSigned = (await server.call('POST', `/api/v1/executions/${id}/signal/`, { name: 'signed' })).status === 202;
    }
    expect(await large).toEqual(answer);

    expect(await server.automate.define(orderIntake(url).settings({ timeout_seconds: 60 }))).toEqual({
      ...first,
      status: 'updated',
      version: 2,
    });
    const { automate } = server;
    const wrong = workflow('wrong').step('say', 'core.log', { message: '{{ nothing' });
    await expect(automate.define(wrong)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(automate.define(wrong, { tenant: 'nobody' })).rejects.toMatchObject({ code: 'tenant_not_found' });
  });

  it('keep the types of what core.set names', async () => {
    await server.automate.define(
      workflow('names').step('set', 'core.set', {
        values: {
          text: `Hello ${ref('event.payload.name')}`,
          list: ref('event.payload.list'),
          nested: { deep: [ref('event.payload.n'), null, true] },
          more: { $logic: { '+': [ref('event.payload.n'), 1] } },
        },
      }),
    );
    expect(await server.automate.run('names', { name: 'Ada', list: [1, 'a'], n: 2 }, { wait: true })).toEqual({
      text: 'Hello Ada',
      list: [1, 'a'],
      nested: { deep: [2, null, true] },
      more: 3,
    });
    const bad = {
      slug: 'bad',
      name: 'bad',
      graph: { nodes: [{ id: 'a', type: 'core.set', config: { values: { x: { $logic: { nope: 1 } } } } }] },
    };
    const error = await server.automate.define(bad).catch((reason) => reason);
    expect(error.errors[0].pointer).toContain('/graph/nodes/0/config/values/x/$logic');
  });

  it('go the way of a case, repeat, undo and pass over', async () => {
    const built = workflow('ways')
      .switch('way', ref('event.payload.way'), {
        left: step('left', 'core.log', { message: 'left' }),
        stop: (stop) => stop.step('halt', 'core.log', { message: 'halt' }).end(),
      })
      .while('count', { '<': [ref('index'), 3] }, step('n', 'core.set', { values: { n: ref('index') } }), {
        maximum_iterations: 5,
      })
      .step(
        'nap',
        'core.sleep',
        { seconds: 'x{{ 1 }}' },
        { on_error: 'continue', compensate: { type: 'core.log', config: { message: 'undone' } } },
      )
      .step('end', 'core.set', { values: { n: ref('steps.count.output.n') } });
    await server.automate.define(built);
    expect(await server.automate.run('ways', { way: 'left' }, { wait: true })).toEqual({ n: 2 });
    expect(await server.automate.run('ways', { way: 'other' }, { wait: true })).toEqual({ n: 2 });
    expect(await server.automate.run('ways', { way: 'stop' }, { wait: true })).toEqual({ message: 'halt' });
  });
});

describe('the builder', () => {
  it('compiles to the JSON of a graph', () => {
    const built = workflow('small')
      .on('event', 'a.*', { '==': [ref('payload.x'), 1] })
      .step('a', 'core.log', { message: `${ref('event.payload.list.0.odd key')}` })
      .parallel(step('b', 'core.log', { message: 'b' }), step('c', 'core.log', { message: 'c' }))
      .step('d', 'core.filter', { condition: ref('steps.b.output') }, { join: 'any', timeout_seconds: 5 });
    const log = (id: string) => ({ id, type: 'core.log', config: { message: id } });
    expect(JSON.parse(JSON.stringify(built))).toEqual({
      name: 'small',
      slug: 'small',
      graph: {
        nodes: [
          { ...log('a'), config: { message: '{{ event.payload.list[0]["odd key"] }}' } },
          log('b'),
          log('c'),
          { id: 'd', type: 'core.filter', config: { condition: { var: 'steps.b.output' } }, join: 'any', timeout_seconds: 5 },
        ],
        edges: [
          { source: 'a', target: 'b' },
          { source: 'a', target: 'c' },
          { source: 'b', target: 'd' },
          { source: 'c', target: 'd' },
        ],
      },
      triggers: [{ type: 'event', event_type: 'a.*', filter: { '==': [{ var: 'payload.x' }, 1] } }],
      settings: {},
    });
  });

  it('refuses ids that are taken or no ids, steps that nothing leads to, and paths that are none', () => {
    const one = () => workflow('one').step('a', 'core.log', { message: 'a' });
    expect(() => one().step('a', 'core.log', { message: 'b' })).toThrow('the id "a" is taken');
    expect(() => one().step('a b', 'core.log', { message: 'b' })).toThrow('must be 1 to 100 letters');
    expect(() => one().end().step('b', 'core.log', { message: 'b' })).toThrow('nothing leads to');
    expect(() => workflow('none').toJSON()).toThrow('there is no step yet');
    expect(() => workflow('none').catch(() => undefined)).toThrow('has to follow a step');
    expect(() => ref('steps. }} {{ secrets')).toThrow('is no path');
    // The same id within a loop is another step.
    expect(() => one().foreach('each', [1], step('a', 'core.log', { message: 'b' }))).not.toThrow();
  });

  it('knows the settings of each type', () => {
    const flow = workflow('typed');
    // @ts-expect-error "message" is required
    flow.step('a', 'core.log', {});
    // @ts-expect-error there is no such level
    flow.step('b', 'core.log', { message: 'x', level: 'loud' });
    // @ts-expect-error neither seconds nor until
    flow.step('c', 'core.sleep', { minutes: 5 });
    flow.step('d', 'my.own', { anything: [ref('event.type')] });
    expect(flow.toJSON().graph.nodes).toHaveLength(4);
  });
});
