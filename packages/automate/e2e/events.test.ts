import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually } from './support/executions.ts';
import { withContract } from './support/openapi.ts';

interface Receipt {
  readonly event_id: string;
  readonly status: string;
  readonly trace_id: string;
}
interface Problem {
  readonly code: string;
  readonly errors?: { pointer: string }[];
}
interface Trace {
  readonly events: { verdicts: { match: boolean; explain: unknown; workflow_name: string }[]; is_dispatched: boolean }[];
  readonly executions: Execution[];
}

describe.each(databaseKinds)('events on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
  });
  afterAll(() => server?.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    server.call<Receipt>('POST', '/api/v1/events/', body, headers);
  const traceOf = (id: string, holds: (trace: Trace) => boolean) =>
    eventually(async () => (await server.call<Trace>('GET', `/api/studio/correlation/?trace_id=${id}`)).body, holds);

  it('starts exactly the workflows whose type and rule fit, and explains each verdict', async () => {
    const node = [{ id: 'say', type: 'core.transform', config: { template: { amount: '{{ event.payload.amount }}' } } }];
    const trigger = (event_type: string, filter?: object) => ({
      triggers: [{ type: 'event', event_type, ...(filter ? { filter } : {}) }],
    });
    await createWorkflow(server, node, [], { name: 'Big', ...trigger('order.*', { '>': [{ var: 'payload.amount' }, 100] }) });
    await createWorkflow(server, node, [], { name: 'Any', ...trigger('*', { '==': [{ var: 'type' }, 'order.created'] }) });
    await createWorkflow(server, node, [], { name: 'Exact', ...trigger('order.created') });
    await createWorkflow(server, node, [], { name: 'Other', ...trigger('order.paid') });
    await createWorkflow(server, node, [], { name: 'Paused', is_live: false, ...trigger('order.created') });

    const { body, status, headers } = await post({ event_type: 'order.created', payload: { amount: 50 } });
    expect(status).toBe(202);
    expect(body.status).toBe('accepted');
    expect(headers.get('x-trace-id')).toBe(body.trace_id);
    const trace = await traceOf(
      body.trace_id,
      ({ executions }) => executions.length === 2 && executions.every((run) => run.status === 'succeeded'),
    );
    const verdicts = Object.fromEntries(trace.events[0]?.verdicts.map((verdict) => [verdict.workflow_name, verdict.match]) ?? []);
    expect(verdicts).toEqual({ Big: false, Any: true, Exact: true });
    const big = trace.events[0]?.verdicts.find((verdict) => verdict.workflow_name === 'Big');
    expect(big?.explain).toMatchObject({
      operator: '>',
      value: false,
      arguments: [{ path: 'payload.amount', value: 50 }, { value: 100 }],
    });
    expect(trace.executions.every((run) => run.trace_id === body.trace_id)).toBe(true);
  });

  it('hides in an explanation what its path calls a secret', async () => {
    await createWorkflow(server, [{ id: 'log', type: 'core.log', config: { message: 'x' } }], [], {
      triggers: [{ type: 'event', event_type: 'secret.test', filter: { '>': [{ var: 'payload.amount' }, 1] } }],
    });
    await createWorkflow(server, [{ id: 'log', type: 'core.log', config: { message: 'x' } }], [], {
      triggers: [{ type: 'event', event_type: 'secret.test', filter: { '!!': [{ var: 'payload.password' }] } }],
    });
    const { body } = await post({ event_type: 'secret.test', payload: { password: 'hunter22', amount: 5 } });
    const trace = await traceOf(body.trace_id, ({ events }) => (events[0]?.verdicts.length ?? 0) >= 2);
    expect(JSON.stringify(trace)).not.toContain('hunter22');
    expect(JSON.stringify(trace.events[0]?.verdicts)).toContain('"value":5');
  });

  it('takes an idempotency key once, also within one batch and in parallel', async () => {
    const event = { event_type: 'dup.test', payload: {}, idempotency_key: 'only-once' };
    const replies = await Promise.all(Array.from({ length: 8 }, () => post(event)));
    expect(replies.filter(({ body }) => body.status === 'accepted')).toHaveLength(1);
    expect(new Set(replies.map(({ body }) => body.event_id)).size).toBe(1);
    const batch = await server.call<Receipt[]>('POST', '/api/v1/events/', [
      { ...event, idempotency_key: 'x1' },
      { ...event, idempotency_key: 'x1' },
      { ...event, idempotency_key: 'x2' },
      event,
    ]);
    expect(batch.body.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'accepted', 'duplicate']);
    expect(batch.body[1]?.event_id).toBe(batch.body[0]?.event_id);
    const list = await server.call<{ count: number }>('GET', '/api/v1/events/?event_type=dup.test&count=true');
    expect(list.body.count).toBe(3);
  });

  it('takes over the trace id it is given', async () => {
    expect((await post({ event_type: 'a.b', payload: {} }, { 'x-trace-id': 'my-trace-1' })).body.trace_id).toBe('my-trace-1');
    const parent = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    expect((await post({ event_type: 'a.b', payload: { list: [1] } }, parent)).body.trace_id).toBe(
      '4bf92f3577b34da6a3ce929d0e0e4736',
    );
    const batch = await server.call<Receipt[]>('POST', '/api/v1/events/', [
      { event_type: 'a.b', payload: { n: 1 } },
      { event_type: 'a.b', payload: { n: 2 } },
    ]);
    expect(new Set(batch.body.map(({ trace_id }) => trace_id)).size).toBe(2);
  });

  it('lists and shows events, by filter', async () => {
    const { body } = await post({
      event_type: 'list.me',
      source: 'shop',
      payload: { secret_word: 'x', password: 'hunter2' },
      occurred_at: '2026-01-31T12:00:00+01:00',
    });
    const shown = await server.call('GET', `/api/v1/events/${body.event_id}/`);
    expect(shown.body).toMatchObject({ event_type: 'list.me', source: 'shop', occurred_at: '2026-01-31T11:00:00.000Z' });
    expect(JSON.stringify(shown.body)).not.toContain('hunter2');
    const list = await server.call<{ results: { id: string }[] }>('GET', '/api/v1/events/?source=shop');
    expect(list.body.results.map(({ id }) => id)).toEqual([body.event_id]);
    expect((await server.call('GET', '/api/v1/events/01a20a02-0000-7000-8000-000000000000/')).status).toBe(404);
    expect((await server.call('GET', '/api/v1/events/abc/')).status).toBe(404);
  });

  it.each([
    [{ payload: {} }, '/event_type'],
    [{ event_type: 'a' }, '/payload'],
    [{ event_type: 'a b', payload: {} }, '/event_type'],
    [{ event_type: 'a', payload: {}, occurred_at: -1e300 }, '/occurred_at'],
    [{ event_type: 'a', payload: {}, occurred_at: 'yesterday' }, '/occurred_at'],
    [{ event_type: 'a', payload: {}, colour: 'red' }, ''],
    [{ event_type: 'a', payload: { text: 'a\u0000b' } }, '/payload/text'],
    [{ event_type: 'a', payload: {}, idempotency_key: '' }, '/idempotency_key'],
    [[], ''],
    ['text', ''],
    [null, ''],
    [[{ event_type: 'a', payload: {} }, { event_type: 'a' }], '/1/payload'],
  ])('refuses %j with a pointer', async (body, pointer) => {
    const reply = await server.call<Problem>('POST', '/api/v1/events/', body === null ? 'null' : JSON.stringify(body));
    expect(reply.status).toBe(400);
    expect(
      reply.body.errors?.some((error) => error.pointer.startsWith(pointer)),
      JSON.stringify(reply.body),
    ).toBe(true);
  });

  it('refuses what no database can hold without harm to others', async () => {
    const good = { event_type: 'good.one', payload: { nothing: null } };
    const bad = [
      '{"event_type":"a","payload":{"n":1e999}}',
      '{"event_type":"a","payload":{},"occurred_at":"0000-01-01T00:00:00Z"}',
    ];
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) => server.call<Receipt>('POST', '/api/v1/events/', bad[index % 3] ?? good)),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map((_, index) => (bad[index % 3] ? 400 : 202)));
    const far = await post({ event_type: 'far.away', payload: {}, occurred_at: '2026-01-01T00:00:00+23:59' });
    expect(far.status).toBe(202);
    expect((await server.call('GET', `/api/v1/events/${far.body.event_id}/`)).body).toMatchObject({
      occurred_at: '2025-12-31T00:01:00.000Z',
    });
    expect((await server.call('GET', '/api/v1/executions/?created_after=0000-01-01T00:00:00Z')).status).toBe(400);
    expect((await server.call('GET', '/api/v1/executions/?created_after=2026-01-01T00:00:00%2B23:59')).status).toBe(200);
  });

  it('wants credentials', async () => {
    const anonymous = await post({ nonsense: true }, { authorization: '' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('Bearer');
    expect((await post({}, { authorization: 'Bearer wrong-key-0123456789' })).status).toBe(401);
    expect((await post({ event_type: 'a', payload: {} }, { authorization: '', 'x-api-key': server.token })).status).toBe(202);
  });
});
