import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep } from '../src/engine/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

/** A step of the host that does what its configuration says, good or bad. */
const does = defineStep({
  type: 'test.does',
  description: 'Does what it is told.',
  config: z.strictObject({ what: z.string() }),
  run: ({ what }) => things[what as keyof typeof things](),
});
const circle: Record<string, unknown> = {};
circle.circle = circle;
const things = {
  throwsHalf: () => {
    throw new Error(`half \ud83d and \u0000 and ${'😀'.repeat(6_000)}`);
  },
  throwsObject: () => {
    throw Object.create(null);
  },
  neverEnds: () => ({ output: null, resumeAt: new Date(8.64e15) }),
  noDate: () => ({ output: null, resumeAt: new Date(Number.NaN) }),
  waitsForHalf: () => ({ output: null, waitsFor: 'half \ud83d\u0000', resumeAt: new Date(Date.now() + 200) }),
  odd: () => ({ output: { nan: Number.NaN } as never }),
  big: () => ({ output: { big: 10n } as never }),
  map: () => ({ output: { map: new Map([['a', 1]]) } as never }),
  circle: () => ({ output: circle as never }),
  proto: () => ({ output: JSON.parse('{"__proto__": {"isAdmin": true}}') as never }),
  words: () => ({ output: JSON.parse('{"constructor": "McLaren", "prototype": 1, "z": -0, "at": null}') as never }),
  date: () => ({ output: { at: new Date(0) } as never }),
  bytes: () => ({ output: [Buffer.from('x')] as never }),
  function: () => ({ output: { list: [1, { run: () => 1 }] } as never }),
  symbol: () => ({ output: { a: Symbol('x') } as never }),
  error: () => ({ output: { error: new Error('x') } as never }),
  undefined: () => ({ output: undefined as never }),
  undefinedInList: () => ({ output: [undefined] as never }),
  nothing: () => undefined as never,
  later: async () => ({ output: { at: new Date(0) } as never }),
  absent: () => ({ output: { there: 1, absent: undefined } as never }),
};

const FIRST = '{{ event.payload.n | split: "" | first }}';
const HALF = { n: '😀da' };

describe.each(databaseKinds)('what steps take in and give out on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, {
      steps: [does],
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LOG_LEVEL: 'silent' },
    });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  async function run(type: string, config: object, input: object = {}, more: object = {}): Promise<Execution> {
    return runWorkflow(server, await createWorkflow(server, [{ id: 'a', type, config, ...more }]), input);
  }

  it.each([
    ['half a character', { message: `Initial ${FIRST}` }, HALF, 'Initial \ufffd'],
    ['a NUL', { message: 'x{{ event.payload.t | base64_decode }}' }, { t: 'AA==' }, 'x\ufffd'],
    ['bytes that are no text', { message: 'x{{ event.payload.t | url_decode }}' }, { t: 'a%00b' }, 'xa\ufffdb'],
  ])('logs %s once, as U+FFFD', async (_, config, input, message) => {
    const execution = await run('core.log', config, input);
    expect(execution).toMatchObject({ status: 'succeeded', output: { message } });
    expect(execution.steps).toMatchObject([{ attempts: 1, input: { message }, output: { message } }]);
  });

  it('sends half a character once, as U+FFFD, wherever it stands', async () => {
    const execution = await run(
      'http.request',
      {
        method: 'POST',
        url: `${sink.url}/half/{{ event.payload.n | split: "" | first }}?q={{ event.payload.n | split: "" | first }}`,
        query: { more: FIRST },
        json: { initial: `${FIRST}.` },
      },
      HALF,
    );
    expect(execution.status).toBe('succeeded');
    const calls = sink.calls.filter(({ path }) => path.startsWith('/half'));
    expect(calls).toMatchObject([{ body: { initial: '\ufffd.' } }]);
    expect(calls[0]?.path).toBe('/half/%EF%BF%BD?q=%EF%BF%BD&more=%EF%BF%BD');
    expect(execution.steps[0]).toMatchObject({ attempts: 1, input: { json: { initial: '\ufffd.' } } });
  });

  it('sends a NUL once, as U+FFFD', async () => {
    const json = { text: 'x{{ event.payload.t | base64_decode }}' };
    const execution = await run('http.request', { method: 'POST', url: `${sink.url}/nul`, json }, { t: 'AA==' });
    expect(execution.status).toBe('succeeded');
    expect(execution.steps).toMatchObject([{ attempts: 1, input: { json: { text: 'x\ufffd' } } }]);
    expect(sink.calls.filter(({ path }) => path === '/nul')).toMatchObject([{ body: { text: 'x\ufffd' } }]);
  });

  it('refuses half a character in a header, without a call', async () => {
    const execution = await run('http.request', { url: `${sink.url}/header`, headers: { 'x-i': `Initial ${FIRST}` } }, HALF);
    expect(execution).toMatchObject({ status: 'failed', error: { node: 'a' } });
    expect(execution.steps[0]).toMatchObject({ attempts: 1, input: { headers: { 'x-i': 'Initial \ufffd' } } });
    expect(sink.calls.filter(({ path }) => path === '/header')).toHaveLength(0);
  });

  it('waits for a decision whose title had half a character, or was cut', async () => {
    for (const [title, input] of [
      [`Initial ${FIRST}`, HALF],
      ['x{{ event.payload.t }}', { t: '😀'.repeat(600) }],
    ] as const) {
      const workflow = await createWorkflow(server, [{ id: 'a', type: 'core.approval', config: { title } }]);
      const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, { input });
      const execution = await eventually(
        async () => (await server.call<Execution>('GET', `/api/v1/executions/${body.execution_id}/`)).body,
        ({ status }) => status === 'waiting',
      );
      expect(JSON.stringify(execution.steps[0]?.input)).not.toMatch(/\\ud[89a-f]/);
    }
  });

  it('fails a sleep and a template by what they are, also where the reason has to be cut', async () => {
    const slept = await run('core.sleep', { until: `Initial ${FIRST}` }, HALF);
    expect(slept).toMatchObject({ status: 'failed', error: { code: 'invalid_sleep' } });
    const cut = await run('core.transform', { template: { v: `x{{ event.payload["a${'😀'.repeat(180)}"] }}` } });
    expect(cut).toMatchObject({ status: 'failed', error: { code: 'template_failed' } });
  });

  it('goes over a list with half a character', async () => {
    const body = { nodes: [{ id: 'b', type: 'core.transform', config: { template: { v: '{{ item }}' } } }], edges: [] };
    const items = { merge: [{ substr: [{ var: 'event.payload.n' }, 0, 1] }] };
    expect(await run('flow.foreach', { items, body }, HALF)).toMatchObject({ status: 'succeeded', output: [{ v: '\ufffd' }] });
  });

  it('hands half a character to another workflow once', async () => {
    const child = await createWorkflow(server, [
      { id: 'c', type: 'core.transform', config: { template: { v: '{{ event.payload.v }}' } } },
    ]);
    const { slug } = (await server.call<{ slug: string }>('GET', `/api/v1/workflows/${child}/`)).body;
    const execution = await run('workflow.run', { workflow: slug, input: { v: FIRST } }, HALF);
    expect(execution).toMatchObject({ status: 'succeeded', output: { v: '\ufffd' } });
  });

  it.each([
    ['throwsHalf', { code: 'step_error' }],
    ['throwsObject', { code: 'step_error' }],
    ['neverEnds', { code: 'not_storable' }],
    ['noDate', { code: 'not_storable' }],
    ['odd', { code: 'output_not_json', message: expect.stringContaining('holds NaN at /nan,') }],
    ['big', { code: 'output_not_json', message: expect.stringContaining('holds a BigInt at /big,') }],
    ['map', { code: 'output_not_json', message: expect.stringContaining('Map at /map,') }],
    ['date', { code: 'output_not_json', message: expect.stringContaining('Date at /at,') }],
    ['bytes', { code: 'output_not_json', message: expect.stringContaining('Buffer at /0,') }],
    ['function', { code: 'output_not_json', message: expect.stringContaining('holds a function at /list/1/run,') }],
    ['symbol', { code: 'output_not_json', message: expect.stringContaining('holds a symbol at /a,') }],
    ['error', { code: 'output_not_json', message: expect.stringContaining('Error at /error,') }],
    ['undefined', { code: 'output_not_json', message: expect.stringContaining('is undefined,') }],
    ['undefinedInList', { code: 'output_not_json', message: expect.stringContaining('holds undefined at /0,') }],
    ['nothing', { code: 'output_not_json', message: expect.stringContaining('gave no result') }],
    ['later', { code: 'output_not_json', message: expect.stringContaining('Date at /at,') }],
    ['circle', { code: 'output_not_json', message: expect.stringContaining('holds a value that contains itself at /circle,') }],
    ['proto', { code: 'output_forbidden_key' }],
  ])('fails a step that %s, and keeps nothing else', async (what, error) => {
    const execution = await run('test.does', { what });
    expect(execution).toMatchObject({ status: 'failed', error: { ...error, node: 'a' } });
    expect(execution.steps).toMatchObject([{ node: 'a', status: 'failed', attempts: 1, output: null, error }]);
    expect(execution.error?.message.isWellFormed()).toBe(true);
    expect(execution.error?.message.length).toBeLessThanOrEqual(10_000);
  });

  it('keeps what JSON can hold', async () => {
    expect((await run('test.does', { what: 'words' })).output).toEqual({ constructor: 'McLaren', prototype: 1, z: 0, at: null });
    expect((await run('test.does', { what: 'absent' })).output).toEqual({ there: 1 });
    expect(await run('test.does', { what: 'waitsForHalf' })).toMatchObject({ status: 'succeeded' });
  });

  it('takes the error edge of a step of which the database takes no record, and repeats nothing', async () => {
    const call = (id: string) => ({ id, type: 'http.request', config: { method: 'POST', url: `${sink.url}/${id}`, json: {} } });
    const workflow = await createWorkflow(
      server,
      [
        call('refused-before'),
        { id: 'bad', type: 'test.does', config: { what: 'neverEnds' } },
        call('refused-good'),
        call('refused-error'),
        { id: 'end', type: 'core.transform', config: { template: { code: '{{ steps.bad.error.code }}' } } },
      ],
      [
        { source: 'refused-before', target: 'bad' },
        { source: 'bad', target: 'refused-good' },
        { source: 'bad', target: 'refused-error', condition: 'error' },
        { source: 'refused-error', target: 'end' },
      ],
    );
    const execution = await runWorkflow(server, workflow);
    expect(execution).toMatchObject({ status: 'succeeded', output: { code: 'not_storable' } });
    expect(stepsOf(execution)['refused-good']).toMatchObject({ status: 'skipped' });
    const paths = sink.calls.map(({ path }) => path).filter((path) => path.startsWith('/refused'));
    expect(paths).toEqual(['/refused-before', '/refused-error']);
  });

  it('does not let one execution that is refused repeat a step of another', async () => {
    const bad = await createWorkflow(server, [{ id: 'a', type: 'test.does', config: { what: 'neverEnds' } }]);
    const good = await createWorkflow(
      server,
      ['n1', 'n2', 'n3'].map((id) => ({
        id,
        type: 'http.request',
        config: { method: 'POST', url: `${sink.url}/echo`, json: { id, of: '{{ execution.id }}' } },
      })),
    );
    const ids = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const { body } = await server.call<{ execution_id: string }>(
          'POST',
          `/api/v1/workflows/${index % 2 ? bad : good}/run/`,
          {},
        );
        return body.execution_id;
      }),
    );
    const ended = await Promise.all(ids.map((id) => waitForExecution(server, id)));
    expect(ended.map(({ status }) => status)).toEqual(ids.map((_, index) => (index % 2 ? 'failed' : 'succeeded')));
    const calls = sink.calls.filter(({ path, body }) => path === '/echo' && body !== null);
    expect(new Set(calls.map(({ body }) => JSON.stringify(body))).size).toBe(calls.length);
    expect(calls).toHaveLength(45);
  });

  it('fails a step whose child cannot be started, and no other', async () => {
    const child = await createWorkflow(server, [{ id: 'c', type: 'core.transform', config: { template: { v: '1' } } }], [], {
      settings: { concurrency: { limit: 1, key: '{{ event.payload.missing }}' } },
    });
    const { slug } = (await server.call<{ slug: string }>('GET', `/api/v1/workflows/${child}/`)).body;
    const execution = await run('workflow.run', { workflow: slug });
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'admission_failed', node: 'a' } });
    expect(execution.steps).toMatchObject([{ attempts: 1 }]);
  });
});
