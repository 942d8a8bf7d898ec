import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep } from '../src/engine/index.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, waitForExecution } from './support/executions.ts';
import { startServerProcess } from './support/server-process.ts';

interface Seen {
  readonly path: string;
  readonly headers: string;
  readonly body: string;
}

/** Refuses the first calls of each path, as many as its last segment says, and remembers the bytes of all. */
async function createByteSink() {
  const seen: Seen[] = [];
  const held: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const headers = JSON.stringify(Object.entries(request.headers).filter(([name]) => name.startsWith('x-')));
    seen.push({ path, headers, body: Buffer.concat(chunks).toString() });
    const name = path.split('?')[0] ?? '';
    const times = seen.filter((call) => call.path.startsWith(name)).length;
    const answer = () => {
      response.writeHead(times <= Number(name.split('/').at(-1)) ? 503 : 200, { 'content-type': 'application/json' });
      response.end(name.startsWith('/keys') ? '{"zebra": 1, "a": {"yak": 1, "b": 2, "é": 3}, "mm": [], "10": 1, "9": -0}' : '{}');
    };
    if (name.startsWith('/hold') && times === 1) held.push(answer);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    of: (name: string) => seen.filter(({ path }) => path.startsWith(name)),
    waiting: () => held.length,
    release: () => {
      for (const answer of held.splice(0)) answer();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let count = 0;
/** A step of the host whose input is another one each time it is made. */
const counting = defineStep({
  type: 'test.counting',
  description: 'Counts how often its input was made.',
  inputKind: 'unique',
  config: z.strictObject({ url: z.string() }),
  input: ({ url }) => ({ url, count: ++count, time: performance.now() }),
  async run(input) {
    const { status } = await fetch(input.url, { method: 'POST', body: JSON.stringify(input) });
    if (status !== 200) throw Object.assign(new Error('not yet'), { code: 'not_yet' });
    return { output: input };
  },
});

const NOW = "{{ 'now' | date: '%s.%N' }}";
const SOON = { attempts: 4, backoff: 'fixed', initial_seconds: 0.3, jitter: false };
/** So far away that another claim makes the next try. */
const LATER = { ...SOON, initial_seconds: 2 };

describe.each(databaseKinds)('the input of a step on %s', (kind) => {
  let server: TestServer;
  let sink: Awaited<ReturnType<typeof createByteSink>>;

  beforeAll(async () => {
    sink = await createByteSink();
    server = await createTestServer(kind, {
      steps: [counting],
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host },
    });
    await server.call('POST', '/api/v1/secrets/', { name: 'TOKEN', value: 'hunter-22-hunter', hosts: [sink.host] });
  });
  afterAll(async () => {
    await server?.close();
    sink?.close();
  });

  function requireSame(name: string, times: number): Seen {
    const calls = sink.of(name);
    expect(calls).toHaveLength(times);
    expect(new Set(calls.map((call) => JSON.stringify(call))).size).toBe(1);
    return calls[0] as Seen;
  }

  it.each([
    ['at once', SOON],
    ['by another claim', LATER],
  ])('is the same, byte for byte, when it is tried again %s', async (how, retry) => {
    const path = `/body-${how.length}`;
    const workflow = await createWorkflow(
      server,
      [
        { id: 'keys', type: 'http.request', config: { url: `${sink.url}/keys` } },
        {
          id: 'call',
          type: 'http.request',
          retry,
          config: {
            method: 'POST',
            url: `${sink.url}${path}/2?at=${NOW}`,
            headers: { 'x-at': NOW, 'x-long-name': '{{ steps.keys.output.body | json }}' },
            json: { zebra: '{{ steps.keys.output.body }}', at: NOW, event: '{{ event.payload }}', a: [1e21, 5e-7, 0.1] },
          },
        },
      ],
      [{ source: 'keys', target: 'call' }],
    );
    const execution = await runWorkflow(server, workflow, { zz: 1, y: { ccc: 1, bb: 2 }, '7': 1 });
    expect(execution.status).toBe('succeeded');
    const { body } = requireSame(path, 3);
    expect(JSON.parse(body)).toMatchObject({ zebra: { zebra: 1, a: { yak: 1, b: 2, é: 3 } }, event: { zz: 1 } });
  });

  it.each([
    ['at once', SOON],
    ['by another claim', LATER],
  ])('is the same with secrets in it, which are not stored, when it is tried again %s', async (how, retry) => {
    const path = `/secret-${how.length}`;
    const nodes = [
      {
        id: 'call',
        type: 'http.request',
        retry,
        config: {
          method: 'POST',
          url: `${sink.url}${path}/2`,
          headers: { 'x-basic': "{{ secrets.TOKEN | prepend: 'me:' | base64_encode }}", 'x-at': NOW },
          json: { at: NOW, other: "{{ steps.other.output.v | default: 'not yet' }}", said: '{{ event.payload.said }}' },
        },
      },
      { id: 'pause', type: 'core.sleep', config: { seconds: 0.1 } },
      { id: 'other', type: 'core.transform', config: { template: { v: 'ended' } } },
    ];
    const workflow = await createWorkflow(server, nodes, [{ source: 'pause', target: 'other' }]);
    const execution = await runWorkflow(server, workflow, { said: '[secret TOKEN]' });
    expect(execution.status).toBe('succeeded');
    const { body, headers } = requireSame(path, 3);
    expect(JSON.parse(body)).toMatchObject({ other: 'not yet', said: '[secret TOKEN]' });
    expect(headers).toContain(Buffer.from('me:hunter-22-hunter').toString('base64'));
    expect(JSON.stringify(execution.steps)).not.toContain(Buffer.from('me:hunter-22-hunter').toString('base64'));
  });

  it('does not see what ends beside it between two tries', async () => {
    const nodes = [
      {
        id: 'call',
        type: 'http.request',
        retry: SOON,
        config: {
          method: 'POST',
          url: `${sink.url}/beside/2`,
          json: { other: "{{ steps['other'].output.v | default: 'not yet' }}" },
        },
      },
      { id: 'pause', type: 'core.sleep', config: { seconds: 0.1 } },
      { id: 'other', type: 'core.transform', config: { template: { v: 'ended' } } },
    ];
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, [{ source: 'pause', target: 'other' }]));
    expect(execution.status).toBe('succeeded');
    expect(JSON.parse(requireSame('/beside', 3).body)).toEqual({ other: 'not yet' });
  });

  it('is made once for a step of the host', async () => {
    const retry = { ...SOON, retry_on: ['not_yet'] };
    const workflow = await createWorkflow(server, [
      { id: 'a', type: 'test.counting', retry, config: { url: `${sink.url}/host/2` } },
    ]);
    const before = count;
    const execution = await runWorkflow(server, workflow);
    expect(execution.status).toBe('succeeded');
    requireSame('/host', 3);
    expect(count).toBe(before + 1);
  });

  it('is made anew for a replay', async () => {
    const workflow = await createWorkflow(server, [
      { id: 'a', type: 'http.request', config: { method: 'POST', url: `${sink.url}/replayed`, json: { at: NOW } } },
    ]);
    const first = await runWorkflow(server, workflow);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/executions/${first.id}/replay/`, {});
    await waitForExecution(server, body.execution_id);
    const calls = sink.of('/replayed');
    expect(new Set(calls.map((call) => call.body)).size).toBe(2);
  });
});

describe.each(databaseKinds)('a step whose worker is killed on %s', (kind) => {
  it('sends the same bytes again', async () => {
    const sink = await createByteSink();
    const database = await createTestDatabase(kind);
    const environment = {
      AUTOMATE_BOOTSTRAP_TOKEN: 'frozen-inputs-0123456789abcdef',
      AUTOMATE_LEASE_SECONDS: '1',
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host,
    };
    let server = await startServerProcess(database, environment);
    try {
      const call = (id: string, json: object) => ({
        id,
        type: 'http.request',
        config: { method: 'POST', url: `${sink.url}/hold-${id}`, json },
      });
      const nodes = [
        { id: 'keys', type: 'http.request', config: { url: `${sink.url}/keys` } },
        call('keyed', { body: '{{ steps.keys.output.body }}', z: 1, payload: '{{ event.payload }}' }),
        call('timed', { at: NOW }),
      ];
      const edges = [
        { source: 'keys', target: 'keyed' },
        { source: 'keys', target: 'timed' },
      ];
      const workflow = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'Frozen',
        graph: { nodes, edges },
      });
      const run = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow.body.id}/run/`, {
        input: { zz: 1, y: 2 },
      });
      await eventually(
        async () => sink.waiting(),
        (waiting) => waiting === 2,
      );
      await server.kill();
      sink.release();
      server = await startServerProcess(database, environment);
      const execution = await eventually(
        async () => (await server.call<{ status: string }>('GET', `/api/v1/executions/${run.body.execution_id}/`)).body,
        ({ status }) => status === 'succeeded',
        60_000,
      );
      expect(execution.status).toBe('succeeded');
      for (const name of ['/hold-keyed', '/hold-timed']) {
        const calls = sink.of(name);
        expect(calls).toHaveLength(2);
        expect(calls[1]).toEqual({ ...calls[0], headers: calls[1]?.headers });
      }
      expect(sink.of('/keys')).toHaveLength(1);
    } finally {
      await server.stop();
      sink.close();
      await database.dispose();
    }
  });
});
