import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf } from './support/executions.ts';

type Problem = { code: string; detail: string; errors?: { code: string; pointer: string; message: string }[] };
const BIG = '7615917337495251231';
const MULLER = Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]);

/** What the other side says, by path: its type and its bytes. */
const REPLIES: Readonly<Record<string, readonly [type: string, body: Buffer]>> = {
  '/big': ['application/json', Buffer.from(`{"users":[{"id":${BIG}}],"n":1}`)],
  '/latin': ['text/plain; charset=iso-8859-1', MULLER],
  '/windows': ['text/plain; charset=windows-1252', Buffer.from([0x80, 0x20, 0x93])],
  '/mark': ['application/json', Buffer.from('\uFEFF{"a":1}')],
};

async function createReplies(): Promise<{ host: string; server: Server }> {
  const server = createServer((request, response) => {
    const [type, body] = REPLIES[request.url ?? ''] ?? ['text/plain', Buffer.alloc(0)];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe.each(databaseKinds)('values that are kept or refused on %s', (kind) => {
  let server: TestServer;
  let replies: Awaited<ReturnType<typeof createReplies>>;
  let made = 0;

  beforeAll(async () => {
    replies = await createReplies();
    server = await createTestServer(kind, {
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: replies.host, AUTOMATE_CODE_STEPS: 'true' },
    });
  });
  afterAll(async () => {
    await server?.close();
    replies?.server.close();
  });

  const step = (type: string, config: object) => ({ id: 'it', type, config });
  async function run(type: string, config: object, input: object = {}): Promise<Execution['steps'][number]> {
    // A slug of its own, since several are made at once.
    const workflow = await createWorkflow(server, [step(type, config)], [], { slug: `run-${++made}` });
    const execution = await runWorkflow(server, workflow, input);
    return stepsOf(execution).it as Execution['steps'][number];
  }
  const post = (path: string, body: string) => server.call<Problem>('POST', path, body);
  const graph = (config: string, type = 'logic.if') =>
    `{"name":"Big","graph":{"nodes":[{"id":"it","type":"${type}","config":${config}}],"edges":[]}}`;

  it('refuses a number that would change, wherever it comes from, and names the place', async () => {
    const workflow = await createWorkflow(server, [step('core.wait_for_signal', { name: 'go' })]);
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
    const event = (payload: string) => `{"event_type":"big.seen","payload":${payload}}`;
    const asked: [path: string, body: string, pointer: string][] = [
      ['/api/v1/events/', event(`{"p_id":${BIG}}`), '/payload/p_id'],
      ['/api/v1/events/', `[${event('{}')},${event('{"list":[0,1e400]}')}]`, '/1/payload/list/1'],
      ['/api/v1/events/', event('{"x":9007199254740993.0}'), '/payload/x'],
      [
        '/api/v1/workflows/',
        graph(`{"condition":{"==":[{"var":"event.payload.x"},${BIG}]}}`),
        '/graph/nodes/0/config/condition/==/1',
      ],
      ['/api/v1/workflows/', graph('{"values":{"a":123456789012345678.5}}', 'core.set'), '/graph/nodes/0/config/values/a'],
      [`/api/v1/workflows/${workflow}/run/`, `{"input":{"a":${BIG}}}`, '/input/a'],
      [`/api/v1/executions/${started.body.execution_id}/signal/`, `{"name":"go","data":[${BIG}]}`, '/data/0'],
      ['/api/v1/workflows/import/', `[{"name":"a","graph":{"nodes":[]},"settings":{"priority":${BIG}}}]`, '/0/settings/priority'],
    ];
    for (const [path, body, pointer] of asked) {
      const reply = await post(path, body);
      expect(reply, body).toMatchObject({
        status: 400,
        body: { code: 'number_out_of_range', errors: [{ pointer, code: 'number_out_of_range' }] },
      });
    }
    const queries: [query: string, pointer: string][] = [
      [`executions/?workflow_id=${workflow}&input=${encodeURIComponent(`{"a":{"b":${BIG}}}`)}`, '/query/input/a/b'],
      ['workflows/?limit=9007199254740993', '/query/limit'],
      [`workflows/?limit=${'9'.repeat(40)}`, '/query/limit'],
    ];
    for (const [query, pointer] of queries) {
      const reply = await server.call<Problem>('GET', `/api/v1/${query}`);
      expect(reply, query).toMatchObject({ status: 400, body: { code: 'number_out_of_range', errors: [{ pointer }] } });
    }
  });

  it('keeps the largest numbers that can be kept, and finds them', async () => {
    const workflow = await createWorkflow(server, [
      step('core.set', { values: { all: '{{ event.payload }}', rule: { $logic: { var: 'event.payload.a' } } } }),
    ]);
    const input = '{"a":9007199254740992,"b":1e23,"c":-1.7976931348623157e308,"d":5e-324,"e":9007199254740991}';
    const started = await server.call<{ execution_id: string }>(
      'POST',
      `/api/v1/workflows/${workflow}/run/`,
      `{"input":${input}}`,
    );
    const { body } = await eventually(
      () => server.call<Execution>('GET', `/api/v1/executions/${started.body.execution_id}/`),
      (reply) => reply.body.status === 'succeeded',
    );
    expect(stepsOf(body).it?.output).toEqual({ all: JSON.parse(input), rule: 9007199254740992 });
    const found = await server.call<{ results: { id: string }[] }>(
      'GET',
      `/api/v1/executions/?workflow_id=${workflow}&input=${encodeURIComponent('{"a":9007199254740992,"b":1e23}')}`,
    );
    expect(found.body.results.map(({ id }) => id)).toEqual([started.body.execution_id]);
  });

  it('reads back what a database has, as a number where it is one', async () => {
    const { rows } = await server.automate.db.query(
      `select 9007199254740993::int8 as large, (-9007199254740991)::int8 as small, 0.1::numeric as fraction, '{"n":1e23}'::jsonb as json`,
    );
    expect(rows).toEqual([{ large: '9007199254740993', small: -9007199254740991, fraction: '0.1', json: { n: 1e23 } }]);
  });

  it('fails the step for such a number in a reply, or hands it on as a text', async () => {
    const url = `http://${replies.host}/big`;
    const refused = await run('http.request', { url });
    expect(refused).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'number_out_of_range' } });
    expect(refused.error?.message).toMatch(/\/users\/0\/id.*"large_numbers"/);
    const taken = await run('http.request', { url, large_numbers: 'text' });
    expect(taken.output).toMatchObject({ body: { users: [{ id: BIG }], n: 1 } });
  });

  it('reads replies by the character set that they say', async () => {
    const read = async (path: string) =>
      (await run('http.request', { url: `http://${replies.host}${path}` })).output as { body: unknown };
    expect((await read('/latin')).body).toBe('Müller');
    expect((await read('/windows')).body).toBe('€ “');
    expect((await read('/mark')).body).toEqual({ a: 1 });
  });

  it('refuses a template with such a number when it is saved', async () => {
    const reply = await post('/api/v1/workflows/', graph(`{"values":{"a":"{{ ${BIG} }}"}}`, 'core.set'));
    expect(reply).toMatchObject({
      status: 400,
      body: {
        errors: [
          { code: 'template_invalid', pointer: '/graph/nodes/0/config/values/a', message: expect.stringContaining('exactly') },
        ],
      },
    });
  });

  it('fails a step that calculates what cannot be, or cannot be kept', async () => {
    const values: [value: unknown, code: string][] = [
      ['{{ 20 | divided_by: 0 }}', 'template_failed'],
      ['x{{ 5 | modulo: 0 }}', 'template_failed'],
      ['{{ event.payload.n | plus: 1 }}', 'template_failed'],
      ['{{ event.payload.text | times: 1 }}', 'template_failed'],
      [{ $logic: { '/': [1, { var: 'event.payload.zero' }] } }, 'rule_failed'],
      [{ $logic: { '%': [1, 0] } }, 'rule_failed'],
      [{ $logic: { '+': [{ var: 'event.payload.n' }, 1] } }, 'rule_failed'],
      [{ $logic: { '==': [{ var: 'event.payload.n' }, { var: 'event.payload.text' }] } }, 'rule_failed'],
    ];
    const input = { n: 2 ** 53, text: '9007199254740993', zero: 0 };
    const failed = await Promise.all(values.map(([value]) => run('core.set', { values: { value } }, input)));
    expect(failed.map(({ status, error }) => `${status} ${error?.code}`)).toEqual(values.map(([, code]) => `failed ${code}`));
    const code = await run('core.code', { code: `return ${BIG}n;` });
    expect(code).toMatchObject({ status: 'failed', error: { code: 'code_output_invalid' } });
  });

  it('takes a default for what is missing, and not for null', async () => {
    const rules = {
      none: { $logic: { var: ['event.payload.age', 42] } },
      missing: { $logic: { var: ['event.payload.years', 42] } },
      list: { $logic: { map: [{ var: 'event.payload.l' }, { var: ['', 'd'] }] } },
    };
    const { output } = await run('core.set', { values: rules }, { age: null, l: [null, 1] });
    expect(output).toEqual({ none: null, missing: 42, list: [null, 1] });
  });

  it('sleeps for numbers and until moments with a zone, and for nothing else', async () => {
    const waits = [null, false, true, '', [], [5], {}, '0x10', '5', 'soon', -1];
    const untils = [
      null,
      '',
      '5',
      '2027',
      5,
      '2027-03-01',
      '2027-03-01T02:00:00',
      '2027-02-30T02:00:00Z',
      'Dec 24',
      '2027-03-01T25:00:00Z',
      [],
    ];
    const slept = await Promise.all([
      ...waits.map((s) => run('core.sleep', { seconds: '{{ event.payload.s }}' }, { s })),
      ...untils.map((at) => run('core.sleep', { until: '{{ event.payload.at }}' }, { at })),
    ]);
    for (const [index, { status, error }] of slept.entries())
      expect(`${status} ${error?.code}`, JSON.stringify([...waits, ...untils][index])).toBe('failed invalid_sleep');
    expect(await run('core.sleep', { seconds: '{{ event.payload.s }}' }, { s: 0.01 })).toMatchObject({ status: 'succeeded' });
    expect(await run('core.sleep', { until: '{{ event.payload.at }}' }, { at: '2026-01-01T02:00:00+02:00' })).toMatchObject({
      output: { until: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('takes moments with a zone and a day that is in the calendar', async () => {
    for (const moment of [
      '2026-02-30T00:00:00Z',
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026',
      '5',
      'Dec 24, 2026',
      '0000-01-01T00:00:00Z',
    ]) {
      const event = await server.call<Problem>('POST', '/api/v1/events/', { event_type: 'a', payload: {}, occurred_at: moment });
      expect(event, moment).toMatchObject({ status: 400, body: { errors: [{ pointer: '/occurred_at' }] } });
      const list = await server.call<Problem>('GET', `/api/v1/executions/?created_after=${encodeURIComponent(moment)}`);
      expect(list, moment).toMatchObject({ status: 400, body: { errors: [{ pointer: '/query/created_after' }] } });
    }
  });

  it('ends a template that takes too long', async () => {
    const heavy = '{% for i in (1..40) %}{{ event.payload.words | sort | reverse | uniq | size }}{% endfor %}';
    const words = Array.from({ length: 10_000 }, (_, index) => `word ${(index * 7919) % 10_000}`);
    const failed = await run('core.set', { values: { heavy } }, { words });
    expect(failed).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'template_failed' } });
    expect(failed.error?.message).toContain('takes longer than');
  });

  it.each<[string, (values: object) => object]>([
    ['core.set', (values) => ({ values })],
    ['http.request', (json) => ({ method: 'POST', url: `http://${replies.host}/`, json })],
  ])('counts the small templates of a step together, of the type %s', async (type, configOf) => {
    const values = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`v${index}`, '{{ event.payload.text }}.']));
    const failed = await run(type, configOf(values), { text: 'x'.repeat(60_000) });
    expect(failed).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'template_failed' } });
    expect(failed.error?.message).toContain('makes more than 20000000 characters');
  });

  it('checks thousands of templates in a graph, and not for ever', async () => {
    const config = (count: number, text: string) => ({
      values: Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, text])),
    });
    const send = (given: object) =>
      server.call<Problem>('POST', '/api/v1/workflows/', {
        name: 'Many',
        graph: { nodes: [step('core.set', given)], edges: [] },
      });
    expect((await send(config(1_000, '{{ event.payload.a }}'))).status).toBe(201);
    // As much as a list may hold in one of its elements.
    const graph = { nodes: [step('core.set', config(10_000, '{{a}}'.repeat(35)))], edges: [] };
    const start = performance.now();
    const reply = await server.call<{ results: Problem[] }>('POST', '/api/v1/workflows/import/', [
      { name: 'Many', slug: 'too-many', graph },
    ]);
    expect(reply.status, JSON.stringify(reply.body).slice(0, 500)).toBe(200);
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(reply.body.results).toMatchObject([{ status: 'failed', errors: [{ pointer: '/graph', code: 'too_large' }] }]);
  });

  describe('by a schema', () => {
    const catastrophe = { properties: { properties: { type: 'string', pattern: '^(a+)+$' } } };

    it('takes no pattern, wherever it hides', async () => {
      const pointer = '/graph/nodes/0/config/schema/properties/properties/pattern';
      for (const [type, config] of [
        ['core.approval', { title: 'Decide', schema: { type: 'object', ...catastrophe } }],
        ['core.wait_for_signal', { name: 'go', schema: catastrophe }],
      ] as const) {
        const reply = await post('/api/v1/workflows/', graph(JSON.stringify(config), type));
        expect(reply, type).toMatchObject({ status: 400, body: { errors: [{ pointer, code: 'keyword_not_allowed' }] } });
      }
    });

    it('judges much data by many forms in a bounded time, or not at all', async () => {
      const anyOf = Array.from({ length: 2_800 }, (_, index) => ({ const: `c${index}` }));
      const workflow = await createWorkflow(server, [
        step('core.wait_for_signal', { name: 'go', schema: { type: 'array', items: { anyOf } } }),
      ]);
      const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
      const signal = (data: unknown) =>
        server.call<Problem>('POST', `/api/v1/executions/${started.body.execution_id}/signal/`, { name: 'go', data });
      const start = performance.now();
      const reply = await signal(Array.from({ length: 12_000 }, () => 'no'));
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/data', code: 'too_large' }] } });
      expect(performance.now() - start).toBeLessThan(10_000);
      expect(await signal('x'.repeat(70_000))).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/data', code: 'too_large' }] },
      });
      expect((await signal(['c1', 'c2'])).status).toBe(202);
    });

    it('from before, for the form of an approval, refuses its own decision only', async () => {
      const workflow = await createWorkflow(server, [step('core.approval', { title: 'Decide', schema: { type: 'object' } })]);
      const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
      const [approval] = await eventually(
        async () =>
          (
            await server.call<{ results: { id: string }[] }>(
              'GET',
              `/api/v1/approvals/?execution_id=${started.body.execution_id}`,
            )
          ).body.results,
        ({ length }) => length === 1,
      );
      await server.automate.db.query(
        `update automate.step_runs set input = jsonb_set(input, '{schema}', $1::jsonb) where execution_id = $2`,
        [JSON.stringify(catastrophe), started.body.execution_id],
      );
      const data = { properties: `${'a'.repeat(40)}!` };
      const reply = await server.call<Problem>('POST', `/api/v1/approvals/${approval?.id}/decide/`, {
        decision: 'approved',
        data,
      });
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/data', code: 'invalid_schema' }] } });
    });

    it('from before, whose pattern nobody would run any more, refuses its own data only', async () => {
      const workflow = await createWorkflow(server, [step('core.wait_for_signal', { name: 'go', schema: { type: 'object' } })]);
      await server.automate.db.query(
        `update automate.workflow_versions set graph = jsonb_set(graph, '{nodes,0,config,schema}', $1::jsonb) where workflow_id = $2`,
        [JSON.stringify(catastrophe), workflow],
      );
      const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
      const path = `/api/v1/executions/${started.body.execution_id}/`;
      await eventually(
        async () => (await server.call<Execution>('GET', path)).body,
        ({ status }) => status === 'waiting',
      );
      const data = { properties: `${'a'.repeat(40)}!` };
      const reply = await server.call<Problem>('POST', `${path}signal/`, { name: 'go', data });
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/data', code: 'invalid_schema' }] } });
    });
  });
});
