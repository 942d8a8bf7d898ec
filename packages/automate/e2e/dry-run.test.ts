import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep } from '../src/engine/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow } from './support/executions.ts';
import { withContract } from './support/openapi.ts';

interface Report {
  status: string;
  output: unknown;
  error: { code: string; message: string; node?: string } | null;
  steps: { node: string; status: string; output: unknown; iteration: number }[];
  calls: { step: string; method: string; url: string; headers: Record<string, string>; body: unknown }[];
  detail?: string;
  errors?: { pointer: string }[];
}

const edge = (source: string, target: string, condition?: string) => ({ source, target, ...(condition && { condition }) });
const set = (id: string, values: object) => ({ id, type: 'core.set', config: { values } });
let hostRuns = 0;
const hostStep = (type: string, more: { effects?: 'none' } = {}) =>
  defineStep({
    type,
    description: 'Of the host.',
    config: z.strictObject({}),
    ...more,
    run: () => ({ output: { runs: ++hostRuns } }),
  });

describe.each(databaseKinds)('dry runs on %s', (kind) => {
  let server: TestServer;
  let id: string;
  const dry = (body: object, headers?: Record<string, string>) =>
    server.call<Report>('POST', `/api/v1/workflows/${id}/dry-run/`, body, headers);
  const graph = (nodes: object[], edges: object[] = []) => ({ nodes, edges });

  beforeAll(async () => {
    server = await withContract(
      await createTestServer(kind, { steps: [hostStep('host.acts'), hostStep('host.counts', { effects: 'none' })] }),
    );
    await server.call('POST', '/api/v1/secrets/', { name: 'KEY', value: 'the-real-value-of-it', hosts: ['api.example.com'] });
    id = await createWorkflow(
      server,
      [
        {
          id: 'call',
          type: 'http.request',
          config: {
            method: 'POST',
            url: 'https://api.example.com/orders/{{ event.payload.id }}',
            headers: { 'x-plain': 'shown', 'x-key': '{{ secrets.KEY }}' },
            json: { id: '{{ event.payload.id }}', password: 'hunter2-hunter2' },
          },
        },
        { id: 'nap', type: 'core.sleep', config: { seconds: 86_400 } },
        set('end', { status: '{{ steps.call.output.status }}', id: '{{ event.payload.id }}' }),
      ],
      [edge('call', 'nap'), edge('nap', 'end')],
    );
  });
  afterAll(() => server?.close());

  it('send nothing, wait for nothing, store nothing, and tell all', async () => {
    const count = async () =>
      (
        await server.automate.db.query(
          'select (select count(*) from executions) + (select count(*) from jobs) + (select count(*) from events) as n',
        )
      ).rows[0];
    const before = await count();
    const { status, body } = await dry({ input: { id: 7 } });
    expect([status, body.status, body.error]).toEqual([200, 'succeeded', null]);
    expect(body.output).toEqual({ status: 200, id: 7 });
    expect(body.steps.map(({ node, status: how }) => `${node} ${how}`)).toEqual([
      'call succeeded',
      'nap succeeded',
      'end succeeded',
    ]);
    expect(body.calls).toMatchObject([
      { step: 'call', method: 'POST', url: 'https://api.example.com/orders/7', headers: { 'x-plain': 'shown' }, body: { id: 7 } },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/the-real-value|hunter2/);
    expect(await count()).toEqual(before);
  });

  it('take pins for outputs, and do not run what is pinned', async () => {
    const { body } = await dry({ input: { id: 7 }, pins: { call: { status: 418 } } });
    expect(body).toMatchObject({ status: 'succeeded', output: { status: 418 }, calls: [] });
    const unknown = await dry({ pins: { nobody: 1 } });
    expect([unknown.status, unknown.body.errors?.[0]?.pointer]).toEqual([400, '/pins/nobody']);
  });

  it('run one step alone', async () => {
    const { body } = await dry({ step: 'end', input: { id: 1 }, pins: { call: { status: 1 } } });
    expect(body).toMatchObject({ status: 'succeeded', output: { status: 1, id: 1 }, calls: [] });
    const unpinned = await dry({ step: 'end', input: { id: 1 } });
    expect(unpinned.body).toMatchObject({ status: 'failed', error: { code: 'template_failed', node: 'end' } });
    expect((await dry({ step: 'nobody' })).status).toBe(400);
  });

  it('go the way that a pinned decision took, and end waiting where somebody is waited for', async () => {
    const drawn = graph(
      [
        { id: 'check', type: 'logic.if', config: { condition: true } },
        { id: 'wait', type: 'core.wait_for_signal', config: { name: 'go', timeout_seconds: 5 } },
        set('no', { no: true }),
        set('yes', { got: '{{ steps.wait.output.by }}' }),
        set('late', { late: true }),
      ],
      [edge('check', 'wait', 'true'), edge('check', 'no', 'false'), edge('wait', 'yes'), edge('wait', 'late', 'timeout')],
    );
    expect((await dry({ graph: drawn })).body).toMatchObject({ status: 'waiting', output: null });
    expect((await dry({ graph: drawn, pins: { wait: { by: 'Ada' } } })).body.output).toEqual({ got: 'Ada' });
    expect((await dry({ graph: drawn, pins: { wait: { timed_out: true } } })).body.output).toEqual({ late: true });
    expect((await dry({ graph: drawn, pins: { check: { result: false } } })).body.output).toEqual({ no: true });
  });

  it('want a pin for other workflows and for steps of the host that act', async () => {
    const other = graph([{ id: 'other', type: 'workflow.run', config: { workflow: 'any' } }]);
    expect((await dry({ graph: other })).body.error).toMatchObject({ code: 'pin_required', node: 'other' });
    expect((await dry({ graph: other, pins: { other: { ok: 1 } } })).body).toMatchObject({
      status: 'succeeded',
      output: { ok: 1 },
    });
    hostRuns = 0;
    expect((await dry({ graph: graph([{ id: 'a', type: 'host.acts' }]) })).body.error?.code).toBe('pin_required');
    expect(hostRuns).toBe(0);
    expect((await dry({ graph: graph([{ id: 'a', type: 'host.counts' }]) })).body.output).toEqual({ runs: 1 });
  });

  it('run loops, undo what has to be undone, and end what has no end', async () => {
    const loop = (items: string, body: object[]) =>
      graph([{ id: 'each', type: 'flow.foreach', config: { items, body: graph(body) } }]);
    const inner = [set('x', { twice: '{{ item | times: 2 }}' })];
    expect((await dry({ graph: loop('{{ event.payload.list }}', inner), input: { list: [1, 2] } })).body.output).toEqual([
      { twice: 2 },
      { twice: 4 },
    ]);
    const pinned = await dry({
      graph: loop('{{ event.payload.list }}', inner),
      input: { list: [1, 2] },
      pins: { 'each/x': 'p' },
    });
    expect(pinned.body.output).toEqual(['p', 'p']);
    const calling = [{ id: 'call', type: 'http.request', config: { url: 'https://example.com/{{ item }}' } }];
    const within = loop('{{ event.payload.list }}', [
      { id: 'in', type: 'flow.foreach', config: { items: '{{ item }}', body: graph(calling) } },
    ]);
    const nested = await dry({ graph: within, input: { list: [[1], [2, 3]] } });
    expect(nested.body.calls.map(({ step, url }) => `${step} ${url}`)).toEqual(
      [1, 2, 3].map((item) => `each/in/call https://example.com/${item}`),
    );
    const more = { ...within, nodes: [...within.nodes, { id: 'other', type: 'host.acts' }] };
    const refused = await dry({ graph: loop('{{ event.payload.list }}', more.nodes), input: { list: [[[1]]] } });
    expect(refused.body.error?.message).toContain('pin an output for "each/other"');
    const list = Array.from({ length: 5_000 }, (_, index) => index);
    expect((await dry({ graph: loop('{{ event.payload.list }}', inner), input: { list } })).body).toMatchObject({
      status: 'failed',
      error: { code: 'dry_run_too_long' },
    });
    const undo = { type: 'http.request', config: { method: 'DELETE', url: 'https://example.com/made' } };
    const failing = graph(
      [
        { ...set('make', { a: 1 }), compensate: undo },
        { id: 'bad', type: 'core.sleep', config: { seconds: 'x{{ 1 }}' } },
      ],
      [edge('make', 'bad')],
    );
    const { body } = await dry({ graph: failing });
    expect(body).toMatchObject({ status: 'failed', error: { code: 'invalid_sleep', node: 'bad' } });
    expect(body.calls).toMatchObject([{ step: 'make#undo', method: 'DELETE', url: 'https://example.com/made' }]);
  });

  it('refuse addresses that calls may not go to', async () => {
    const call = (url: string) => graph([{ id: 'a', type: 'http.request', config: { url } }]);
    expect((await dry({ graph: call('http://127.0.0.1/') })).status).toBe(400);
    expect((await dry({ graph: call('{{ event.payload.url }}'), input: { url: 'http://169.254.169.254/' } })).body).toMatchObject(
      {
        status: 'failed',
        error: { code: 'outbound_refused' },
        calls: [],
      },
    );
  });

  it('need the right scope, and another tenant sees no workflow', async () => {
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const { id: elsewhere } = await server.automate.ensureTenant('elsewhere');
    const key = async (tenant: string, scopes: string[]) => ({
      authorization: `Bearer ${(await server.automate.apiKeys.create({ tenantId: tenant, name: 'k', scopes, isStaff: false })).value}`,
    });
    const runner = await key(tenantId, ['workflows:run']);
    expect((await dry({ input: { id: 1 } }, runner)).status).toBe(200);
    expect((await dry({ graph: graph([set('a', {})]) }, runner)).status).toBe(403);
    expect((await dry({}, await key(tenantId, ['workflows:read']))).status).toBe(403);
    expect((await dry({}, await key(elsewhere, ['*']))).status).toBe(404);
    expect((await dry({ version: 9 })).status).toBe(404);
    expect((await dry({ graph: graph([{ id: 'a', type: 'nothing' }]) })).body.errors?.[0]?.pointer).toBe('/graph/nodes/0/type');
    expect((await dry({ graph: graph([set('a', {})]), version: 1 })).status).toBe(400);
  });
});
