import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, stepsOf, waitForExecution } from './support/executions.ts';

interface Row {
  readonly id: string;
  readonly status: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

type Step = { id: string; type: string; config: object };

describe.each(databaseKinds)('executions that share places on %s', (kind) => {
  let server: TestServer;
  let serial = 0;

  beforeAll(async () => {
    server = await createTestServer(kind);
  });
  afterAll(() => server?.close());

  const nap = (seconds: number) => [{ id: 'nap', type: 'core.sleep', config: { seconds } }];
  const child = (workflow: string) => [{ id: 'child', type: 'workflow.run', config: { workflow } }];

  async function workflow(steps: Step[] | { nodes: Step[]; edges: { source: string; target: string }[] }, settings: object) {
    const { nodes, edges } = Array.isArray(steps) ? { nodes: steps, edges: [] } : steps;
    const type = `places.test${++serial}`;
    const slug = `places-${kind}-${serial}`;
    const id = await createWorkflow(server, nodes, edges, { slug, triggers: [{ type: 'event', event_type: type }], settings });
    const rows = async () =>
      (await server.call<{ results: Row[] }>('GET', `/api/v1/executions/?workflow_id=${id}&ordering=id&limit=200`)).body.results;
    return {
      id,
      slug,
      rows,
      send: async (...payloads: object[]) => {
        const events = payloads.map((payload) => ({ event_type: type, payload }));
        const { status, body } = await server.call<{ trace_id: string }[]>('POST', '/api/v1/events/', events);
        expect(status).toBe(202);
        return body.map(({ trace_id }) => trace_id);
      },
      async run(input: object = {}) {
        const reply = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
        expect(reply.status, JSON.stringify(reply.body)).toBe(202);
        return reply.body.execution_id;
      },
      async change(changed: object) {
        const body = { name: 'Test', graph: { nodes, edges }, settings: changed };
        expect((await server.call('PUT', `/api/v1/workflows/${id}/`, body)).status).toBe(200);
      },
      ended: (count: number) =>
        eventually(rows, (found) => found.length === count && found.every(({ finished_at }) => finished_at !== null), 30_000),
      under: (count: number) =>
        eventually(rows, (found) => found.filter(({ status }) => status === 'waiting').length === count, 30_000),
    };
  }

  const get = async (id: string) => (await server.call<Execution>('GET', `/api/v1/executions/${id}/`)).body;

  it('does not let a child wait for the place of its parent', async () => {
    const settings = { concurrency: { limit: 1, key: 'one', scope: 'tenant' } };
    const inner = await workflow(nap(0.01), settings);
    const outer = await workflow(child(inner.slug), settings);
    const id = await outer.run();
    const ended = await waitForExecution(server, id);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'concurrency_deadlock', node: 'child' } });
    expect(ended.error?.message).toContain(id);
    expect(await inner.rows()).toEqual([]);
  });

  it('does not let two that have all places wait for their children', async () => {
    const settings = { concurrency: { limit: 2, key: 'two', scope: 'tenant' } };
    const inner = await workflow(nap(0.01), settings);
    const gate = { id: 'gate', type: 'core.wait_for_event', config: { event_type: 'places.are_taken' } };
    const edges = [{ source: 'gate', target: 'child' }];
    const outer = await workflow({ nodes: [gate, ...child(inner.slug)], edges }, settings);
    const ids = await Promise.all([outer.run(), outer.run()]);
    // Each has a place before one of them starts a child.
    await outer.under(2);
    await server.call('POST', '/api/v1/events/', { event_type: 'places.are_taken', payload: {} });
    const ended = await Promise.all(ids.map((id) => waitForExecution(server, id)));
    const failed = ended.filter(({ status }) => status === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const { error } of failed) expect(JSON.stringify(error)).toMatch(/concurrency_deadlock|place of/);
  });

  it('does not let two wait for each other over two keys', async () => {
    const [left, right] = ['left', 'right'].map((key) => ({ concurrency: { limit: 1, key, scope: 'tenant' } })) as [
      object,
      object,
    ];
    const [leftChild, rightChild] = [await workflow(nap(0.01), left), await workflow(nap(0.01), right)];
    const outer = [
      await workflow([{ id: 'first', type: 'core.log', config: { message: 'x' } }, ...child(rightChild.slug)], left),
      await workflow([{ id: 'first', type: 'core.log', config: { message: 'x' } }, ...child(leftChild.slug)], right),
    ];
    const ids = await Promise.all(outer.map((one) => one.run()));
    const ended = await Promise.all(ids.map((id) => waitForExecution(server, id)));
    for (const { status, error } of ended) if (status === 'failed') expect(JSON.stringify(error)).toMatch(/place of/);
  });

  it('lets a child wait for a place that somebody else has', async () => {
    const settings = { concurrency: { limit: 1, key: 'other', scope: 'tenant' } };
    const inner = await workflow(nap(0.3), settings);
    const outer = await workflow(child(inner.slug), {});
    await inner.run();
    expect((await waitForExecution(server, await outer.run())).status).toBe('succeeded');
    await inner.ended(2);
  });

  it('gives those that wait the places of a limit that was raised, and all when it was taken away', async () => {
    const { send, change, under, rows } = await workflow(nap(60), { concurrency: { limit: 1 } });
    await send({}, {}, {}, {}, {}, {});
    await under(1);
    await change({ concurrency: { limit: 3 } });
    await under(3);
    await change({});
    await under(6);
    for (const { id } of await rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
  });

  it('lets in no more than a limit that was lowered, and ends nobody', async () => {
    const { send, change, under, rows } = await workflow(nap(60), { concurrency: { limit: 3 } });
    await send({}, {}, {}, {}, {});
    const [first] = (await under(3)).filter(({ status }) => status === 'waiting');
    await change({ concurrency: { limit: 2 } });
    await server.call('POST', `/api/v1/executions/${first?.id}/cancel/`);
    await waitForExecution(server, first?.id ?? '');
    const open = (await rows()).filter(({ finished_at }) => finished_at === null);
    expect(open.map(({ status }) => status).sort()).toEqual(['queued', 'queued', 'waiting', 'waiting']);
    for (const { id } of open) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
  });

  it('holds the smallest limit of those that share a key', async () => {
    const [one, three] = [1, 3].map((limit) => ({ concurrency: { limit, key: 'shared', scope: 'tenant' } })) as [object, object];
    const [narrow, wide] = [await workflow(nap(60), one), await workflow(nap(60), three)];
    await narrow.send({});
    await narrow.under(1);
    await wide.send({}, {}, {});
    await eventually(wide.rows, (rows) => rows.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await wide.rows()).map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
    for (const { id } of await narrow.rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
    // Nobody asks for one place only any more.
    await wide.under(3);
    for (const { id } of await wide.rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
  });

  it('cancels the oldest in favour of the newest', async () => {
    const { send, rows, under } = await workflow(nap(60), {
      concurrency: { limit: 1, key: '{{ event.payload.doc }}', on_conflict: 'cancel_running' },
    });
    await send({ doc: 'a' });
    await under(1);
    await send({ doc: 'a' }, { doc: 'a' }, { doc: 'b' });
    const settled = await eventually(
      rows,
      (found) => found.length === 4 && found.filter(({ status }) => status === 'cancelled').length === 2,
    );
    expect(settled.map(({ status }) => status).slice(0, 2)).toEqual(['cancelled', 'cancelled']);
    await under(2);
    for (const { id } of await rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
  });

  it('does not start the newest, and says so, by event and by hand', async () => {
    const busy = await workflow(nap(60), {
      concurrency: { limit: 2, on_conflict: 'skip' },
      idempotency_key: '{{ event.payload.n }}',
    });
    const traces = await busy.send({ n: 1 }, { n: 2 }, { n: 3 });
    await busy.under(2);
    const verdicts = await eventually(
      async () =>
        (
          await server.call<{ events: { verdicts: { match: boolean; execution_id: string | null; note: string | null }[] }[] }>(
            'GET',
            `/api/studio/correlation/?trace_id=${traces[2]}`,
          )
        ).body.events.flatMap((event) => event.verdicts),
      (found) => found.length === 1,
    );
    expect(verdicts).toMatchObject([{ match: true, execution_id: null, note: 'skipped' }]);
    const byHand = await server.call<{ code: string }>('POST', `/api/v1/workflows/${busy.id}/run/`, { input: { n: 8 } });
    expect([byHand.status, byHand.body.code]).toEqual([409, 'execution_skipped']);
    const outer = await workflow([{ id: 'child', type: 'workflow.run', config: { workflow: busy.slug, input: { n: 9 } } }], {});
    const ended = await waitForExecution(server, await outer.run());
    expect(stepsOf(ended).child?.error?.code).toBe('execution_skipped');
    for (const { id } of await busy.rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
    await busy.ended(2);
    // The key was given back: the same event can start it now.
    await busy.send({ n: 3 });
    await eventually(busy.rows, (rows) => rows.length === 3);
    for (const { id } of await busy.rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
  });

  it('moves up whoever waits, so that a stream of what is more urgent passes nobody by for ever', async () => {
    const { rows, send } = await workflow(nap(60), { concurrency: { limit: 1 }, priority: { var: 'payload.priority' } });
    await send({ priority: 0 });
    await eventually(rows, (found) => found.some(({ status }) => status === 'waiting'));
    await send({ priority: 0 });
    await eventually(rows, (found) => found.length === 2);
    const [, old] = await rows();
    // As if it had waited for two minutes.
    await server.automate.db.query(`update automate.job_slots set rank = rank - 120 where job_id = $1`, [old?.id]);
    await send({ priority: 10 });
    const [first, , urgent] = await eventually(rows, (found) => found.length === 3);
    await server.call('POST', `/api/v1/executions/${first?.id}/cancel/`);
    await eventually(
      () => get(old?.id ?? ''),
      ({ status }) => status === 'waiting',
    );
    expect((await get(urgent?.id ?? '')).status).toBe('queued');
    for (const { id } of await rows()) await server.call('POST', `/api/v1/executions/${id}/cancel/`);
  });
});
