import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';

describe.each(databaseKinds)('executions on %s', (kind) => {
  let server: TestServer;
  let sink: Server;
  let sinkUrl: string;
  const received: { path: string; key: string | undefined; trace: string | undefined }[] = [];

  beforeAll(async () => {
    sink = createServer((request, response) => {
      received.push({
        path: request.url ?? '',
        key: request.headers['idempotency-key'] as string | undefined,
        trace: request.headers['x-trace-id'] as string | undefined,
      });
      const tries = received.filter(({ path }) => path === request.url).length;
      const isFlaky = request.url?.startsWith('/flaky') && tries === 1;
      response.writeHead(isFlaky ? 503 : request.url === '/missing' ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ tries }));
    });
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    const { port } = sink.address() as AddressInfo;
    sinkUrl = `http://127.0.0.1:${port}`;
    server = await withContract(
      await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: `127.0.0.1:${port}` } }),
    );
  });
  afterAll(async () => {
    await server?.close();
    sink?.close();
  });

  it('hands outputs on, with templates and rules over event, steps and execution', async () => {
    const id = await createWorkflow(
      server,
      [
        {
          id: 'first',
          type: 'core.transform',
          config: { template: { greeting: 'Hello {{ event.payload.name }}', list: '{{ event.payload.list }}' } },
        },
        { id: 'second', type: 'core.transform', config: { logic: { cat: [{ var: 'steps.first.output.greeting' }, '!'] } } },
        { id: 'third', type: 'core.log', config: { message: '{{ execution.id }} {{ event.type }} {{ steps.second.output }}' } },
      ],
      [
        { source: 'first', target: 'second' },
        { source: 'second', target: 'third' },
      ],
    );
    const execution = await runWorkflow(server, id, { name: 'Ada', list: [1, 2] });
    expect(execution.status).toBe('succeeded');
    const steps = stepsOf(execution);
    expect(steps.first?.output).toEqual({ greeting: 'Hello Ada', list: [1, 2] });
    expect(steps.second?.output).toBe('Hello Ada!');
    expect(steps.second?.input).toMatchObject({ values: { 'steps.first.output.greeting': 'Hello Ada' } });
    expect(execution.output).toEqual({ message: `${execution.id} workflow.run Hello Ada!` });
    const numbers = execution.steps.map((step) => step.seq);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it('takes one branch, skips the other, runs parallel nodes and joins them once', async () => {
    const id = await createWorkflow(
      server,
      [
        { id: 'if', type: 'logic.if', config: { condition: { '>': [{ var: 'event.payload.amount' }, 100] } } },
        { id: 'big', type: 'core.transform', config: { template: { size: 'big' } } },
        { id: 'small', type: 'core.transform', config: { template: { size: 'small' } } },
        { id: 'left', type: 'core.sleep', config: { seconds: 0.15 } },
        { id: 'right', type: 'core.sleep', config: { seconds: 0.15 } },
        {
          id: 'join',
          type: 'core.transform',
          config: { template: { left: '{{ steps.left.output.until }}', right: '{{ steps.right.output.until }}' } },
        },
      ],
      [
        { source: 'if', target: 'big', condition: 'true' },
        { source: 'if', target: 'small', condition: 'false' },
        { source: 'big', target: 'left' },
        { source: 'big', target: 'right' },
        { source: 'small', target: 'join' },
        { source: 'left', target: 'join' },
        { source: 'right', target: 'join' },
      ],
    );
    const execution = await runWorkflow(server, id, { amount: 500 });
    const steps = stepsOf(execution);
    expect(execution.status).toBe('succeeded');
    expect(execution.steps).toHaveLength(6);
    expect(steps.small?.status).toBe('skipped');
    expect(steps.if).toMatchObject({ route: 'true', output: { result: true } });
    const startOf = (name: string) => Date.parse(steps[name]?.started_at ?? '');
    const endOf = (name: string) => Date.parse(steps[name]?.finished_at ?? '');
    expect(startOf('right')).toBeLessThan(endOf('left'));
    expect(startOf('join')).toBeGreaterThanOrEqual(Math.max(endOf('left'), endOf('right')));
  });

  it('leaves a switch by the case that fits, else by default', async () => {
    const id = await createWorkflow(
      server,
      [
        { id: 'switch', type: 'logic.switch', config: { value: { var: 'event.payload.plan' }, cases: ['free', 'pro'] } },
        { id: 'free', type: 'core.transform', config: { template: { way: 'free' } } },
        { id: 'pro', type: 'core.transform', config: { template: { way: 'pro' } } },
        { id: 'other', type: 'core.transform', config: { template: { way: 'other' } } },
      ],
      [
        { source: 'switch', target: 'free', condition: 'free' },
        { source: 'switch', target: 'pro', condition: 'pro' },
        { source: 'switch', target: 'other', condition: 'default' },
      ],
    );
    expect((await runWorkflow(server, id, { plan: 'pro' })).output).toEqual({ way: 'pro' });
    expect((await runWorkflow(server, id, { plan: 'gold' })).output).toEqual({ way: 'other' });
    expect((await runWorkflow(server, id, {})).output).toEqual({ way: 'other' });
  });

  it('calls other services with trace and idempotency key, and tries a passing failure again under the same key', async () => {
    const id = await createWorkflow(server, [
      { id: 'call', type: 'http.request', config: { method: 'POST', url: `${sinkUrl}/flaky-${kind}`, json: { a: 1 } } },
    ]);
    const execution = await runWorkflow(server, id);
    expect(stepsOf(execution).call).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      output: { status: 200, body: { tries: 2 } },
    });
    const calls = received.filter(({ path }) => path === `/flaky-${kind}`);
    expect(calls).toHaveLength(2);
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set([`${execution.id}:call:0`]));
    expect(calls[0]?.trace).toBe(execution.trace_id);
  });

  it('hands other replies on as output', async () => {
    const id = await createWorkflow(server, [{ id: 'call', type: 'http.request', config: { url: `${sinkUrl}/missing` } }]);
    expect(stepsOf(await runWorkflow(server, id)).call?.output).toMatchObject({ status: 404 });
  });

  it('refuses private addresses and says so, without trying again', async () => {
    const id = await createWorkflow(
      server,
      [
        { id: 'call', type: 'http.request', config: { url: 'http://{{ event.payload.host }}/latest/meta-data' } },
        { id: 'after', type: 'core.log', config: { message: 'not reached' } },
      ],
      [{ source: 'call', target: 'after' }],
    );
    const execution = await runWorkflow(server, id, { host: '169.254.169.254' });
    expect(execution.status).toBe('failed');
    expect(execution.error).toMatchObject({ code: 'outbound_refused', node: 'call' });
    expect(execution.steps).toHaveLength(1);
    expect(stepsOf(execution).call).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('ends as failed when one branch fails, with what still waited marked as cancelled', async () => {
    const id = await createWorkflow(
      server,
      [
        { id: 'long', type: 'core.sleep', config: { seconds: 3_600 } },
        { id: 'short', type: 'core.sleep', config: { seconds: 0.1 } },
        { id: 'bad', type: 'core.transform', config: { template: { x: '{{ event.payload.not_there }}' } } },
      ],
      [{ source: 'short', target: 'bad' }],
    );
    const execution = await runWorkflow(server, id);
    expect(execution).toMatchObject({ status: 'failed', error: { node: 'bad' } });
    expect(stepsOf(execution)).toMatchObject({
      long: { status: 'cancelled' },
      short: { status: 'succeeded' },
      bad: { status: 'failed' },
    });
  });

  it('fails clearly on a variable that is not there', async () => {
    const id = await createWorkflow(server, [
      { id: 'log', type: 'core.log', config: { message: '{{ event.payload.nobody.home }}' } },
    ]);
    const execution = await runWorkflow(server, id);
    expect(execution).toMatchObject({ status: 'failed', error: { node: 'log' } });
    expect(execution.error?.message).toContain('nobody');
  });

  it('sleeps without holding a worker and goes on in time', async () => {
    const id = await createWorkflow(server, [
      { id: 'nap', type: 'core.sleep', config: { seconds: '{{ event.payload.seconds }}' } },
    ]);
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {
      input: { seconds: 1 },
    });
    const waiting = await eventually(
      async () => (await server.call<{ status: string }>('GET', `/api/v1/executions/${started.body.execution_id}/`)).body,
      (execution) => execution.status === 'waiting',
    );
    expect(waiting.status).toBe('waiting');
    const job = await server.call<{ state: string; attempts: number }>('GET', `/api/v1/jobs/${started.body.execution_id}/`);
    expect(job.body).toMatchObject({ state: 'scheduled', attempts: 0 });
    const execution = await waitForExecution(server, started.body.execution_id);
    const nap = stepsOf(execution).nap;
    const slept = Date.parse(nap?.finished_at ?? '') - Date.parse(nap?.started_at ?? '');
    expect(slept).toBeGreaterThanOrEqual(1_000);
    expect(nap?.attempts).toBe(1);
  });

  it('wakes a sleeping branch while another one is busy', async () => {
    const id = await createWorkflow(
      server,
      [
        { id: 'start', type: 'core.transform', config: { template: { a: 'b' } } },
        { id: 'short', type: 'core.sleep', config: { seconds: 0.1 } },
        { id: 'after', type: 'core.transform', config: { template: { woke: 'yes' } } },
        { id: 'long', type: 'core.sleep', config: { seconds: 1 } },
      ],
      [
        { source: 'start', target: 'short' },
        { source: 'short', target: 'after' },
        { source: 'start', target: 'long' },
      ],
    );
    const steps = stepsOf(await runWorkflow(server, id));
    expect(Date.parse(steps.after?.finished_at ?? '')).toBeLessThan(Date.parse(steps.long?.finished_at ?? ''));
  });

  it('streams every change, resumes behind Last-Event-ID and ends with the execution', async () => {
    const id = await createWorkflow(
      server,
      [
        { id: 'a', type: 'core.transform', config: { template: { n: '1' } } },
        { id: 'b', type: 'core.sleep', config: { seconds: 0.3 } },
        { id: 'c', type: 'core.transform', config: { template: { n: '3' } } },
      ],
      [
        { source: 'a', target: 'b' },
        { source: 'b', target: 'c' },
      ],
    );
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {});
    const path = `/api/v1/executions/${started.body.execution_id}/events/`;
    const live = parseStream((await server.call<string>('GET', path, undefined, { accept: 'text/event-stream' })).body);
    const last = live.at(-1);
    expect(last).toMatchObject({ event: 'execution', data: { status: 'succeeded' } });
    const ids = live.map((event) => Number(event.id));
    expect(ids).toEqual([...ids].sort((x, y) => x - y));
    expect(new Set(ids).size).toBe(ids.length);
    expect(live.filter((event) => event.data.node === 'b').map((event) => event.data.status)).toEqual(['waiting', 'succeeded']);

    // Of a status nothing is left once there is another.
    const kept = live.filter((event) => event.event !== 'status').map((event) => Number(event.id));
    const middle = kept[1] ?? 0;
    const resumed = parseStream((await server.call<string>('GET', path, undefined, { 'last-event-id': String(middle) })).body);
    expect(resumed.map((event) => Number(event.id))).toEqual(kept.filter((value) => value > middle));
    const nothing = await server.call<string>('GET', path, undefined, { 'last-event-id': String(last?.id) });
    expect(parseStream(nothing.body)).toEqual([]);
    expect((await server.call('GET', path, undefined, { 'last-event-id': 'x'.repeat(5_000) })).status).toBe(400);
  });

  it('keeps the version it started with while the graph is edited', async () => {
    const nodes = (word: string) => [
      { id: 'nap', type: 'core.sleep', config: { seconds: 0.5 } },
      { id: 'say', type: 'core.transform', config: { template: { word } } },
    ];
    const edges = [{ source: 'nap', target: 'say' }];
    const id = await createWorkflow(server, nodes('old'), edges);
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {});
    const edited = await server.call<{ workflow_version: number }>('PUT', `/api/v1/workflows/${id}/`, {
      name: 'Test',
      graph: { nodes: nodes('new'), edges },
    });
    expect(edited.body.workflow_version).toBe(2);
    const execution = await waitForExecution(server, started.body.execution_id);
    expect(execution).toMatchObject({ workflow_version: 1, output: { word: 'old' } });
    expect(await runWorkflow(server, id)).toMatchObject({ workflow_version: 2, output: { word: 'new' } });
  });
});

function parseStream(text: string): { id: string; event: string; data: Record<string, unknown> }[] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data:'))
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? '';
      return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) as Record<string, unknown> };
    });
}
