import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';

interface Row {
  readonly id: string;
  readonly status: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly created_at: string;
}

describe.each(databaseKinds)('flow control on %s', (kind) => {
  let server: TestServer;
  let serial = 0;

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
  });
  afterAll(() => server?.close());

  const nap = (seconds: number) => [{ id: 'nap', type: 'core.sleep', config: { seconds } }];
  const echo = [
    { id: 'echo', type: 'core.transform', config: { template: { event: '{{ event.payload }}', type: '{{ event.type }}' } } },
  ];

  /** A workflow with these settings, and an event type of its own that starts it. */
  async function workflow(nodes: { id: string; type: string; config: object }[], settings: object) {
    const type = `flow.test${++serial}`;
    const id = await createWorkflow(server, nodes, [], { triggers: [{ type: 'event', event_type: type }], settings });
    async function executions(): Promise<Row[]> {
      const path = `/api/v1/executions/?workflow_id=${id}&ordering=id&limit=200`;
      return (await server.call<{ results: Row[] }>('GET', path)).body.results;
    }
    return {
      id,
      executions,
      async send(...payloads: object[]): Promise<void> {
        const events = payloads.map((payload) => ({ event_type: type, payload }));
        expect((await server.call('POST', '/api/v1/events/', events)).status).toBe(202);
      },
      ended: (count: number): Promise<Row[]> =>
        eventually(executions, (rows) => rows.length === count && rows.every(({ finished_at }) => finished_at !== null), 30_000),
    };
  }

  /** Most of them that ran at the same moment. */
  function mostAtOnce(rows: readonly Row[]): number {
    const moments = rows.flatMap((row) => [
      { at: Date.parse(row.started_at ?? ''), change: 1 },
      { at: Date.parse(row.finished_at ?? ''), change: -1 },
    ]);
    let now = 0;
    let most = 0;
    for (const { change } of moments.sort((a, b) => a.at - b.at || a.change - b.change)) {
      now += change;
      most = Math.max(most, now);
    }
    return most;
  }

  it('runs at most so many at a time, the others in turn', async () => {
    const { send, ended } = await workflow(nap(0.15), { concurrency: { limit: 2 } });
    await send(...Array.from({ length: 7 }, (_, n) => ({ n })));
    const rows = await ended(7);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(mostAtOnce(rows)).toBe(2);
    const starts = rows.map(({ started_at }) => Date.parse(started_at ?? ''));
    expect(starts, 'the oldest first').toEqual([...starts].sort((a, b) => a - b));
  });

  it('counts each value of a key for itself, and a blocked key holds up nobody', async () => {
    const { send, executions, ended } = await workflow(nap(0.4), {
      concurrency: { limit: 1, key: '{{ event.payload.customer }}' },
    });
    await send({ customer: 'a' }, { customer: 'a' }, { customer: 'a' }, { customer: 'b' });
    const rows = await ended(4);
    const [first, second, third, other] = rows.map((row) => ({
      from: Date.parse(row.started_at ?? ''),
      to: Date.parse(row.finished_at ?? ''),
    }));
    expect(second?.from).toBeGreaterThanOrEqual(first?.to ?? 0);
    expect(third?.from).toBeGreaterThanOrEqual(second?.to ?? 0);
    expect(other?.from).toBeLessThan(second?.from ?? 0);
    expect((await executions()).length).toBe(4);
  });

  it('shares a limit among the workflows of a tenant', async () => {
    const settings = { concurrency: { limit: 1, key: 'shop', scope: 'tenant' } };
    const [left, right] = [await workflow(nap(0.3), settings), await workflow(nap(0.3), settings)];
    await Promise.all([left.send({}, {}), right.send({}, {})]);
    expect(mostAtOnce([...(await left.ended(2)), ...(await right.ended(2))])).toBe(1);
  });

  it('gives the place of one that is cancelled, or waits in the queue and is cancelled, to the next', async () => {
    const { id, send, executions, ended } = await workflow(nap(60), { concurrency: { limit: 1 } });
    await send({ n: 1 }, { n: 2 }, { n: 3 });
    const [first, second, third] = await eventually(
      executions,
      (rows) => rows.length === 3 && rows.some(({ status }) => status === 'waiting'),
    );
    const jobs = await server.call<{ results: { id: string; state: string }[] }>('GET', '/api/v1/jobs/?state=blocked');
    expect(jobs.body.results.map((job) => job.id).sort()).toEqual([second?.id, third?.id].sort());
    for (const row of [second, first, third])
      expect((await server.call('POST', `/api/v1/executions/${row?.id}/cancel/`)).status).toBe(202);
    expect((await ended(3)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(id).toBeTruthy();
  });

  it('starts as many as a rate allows, and the others later, evenly', async () => {
    const { send, ended } = await workflow(echo, { rate_limit: { limit: 3, period_seconds: 1.5 } });
    await send(...Array.from({ length: 6 }, (_, n) => ({ n })));
    const rows = await ended(6);
    const starts = rows.map(({ started_at }) => Date.parse(started_at ?? '')).sort((a, b) => a - b);
    const first = starts[0] ?? 0;
    const late = starts.map((start) => start - first);
    expect(
      late.slice(0, 3).every((ms) => ms < 400),
      String(late),
    ).toBe(true);
    expect(late[3]).toBeGreaterThanOrEqual(450);
    expect(late[5]).toBeGreaterThanOrEqual(1_400);
  });

  it('starts once for the last of events that follow each other', async () => {
    const { send, ended } = await workflow(echo, { debounce: { seconds: 0.7, key: '{{ event.payload.doc }}' } });
    await send({ doc: 'a', n: 1 }, { doc: 'b', n: 1 });
    for (const n of [2, 3]) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      await send({ doc: 'a', n });
    }
    const rows = await ended(2);
    const outputs = await Promise.all(
      rows.map(async ({ id }) => (await waitForExecution(server, id)).output as { event: object }),
    );
    expect(outputs.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        { doc: 'a', n: 3 },
        { doc: 'b', n: 1 },
      ]),
    );
  });

  it('starts by the longest wait even when events do not stop', async () => {
    const { send, executions } = await workflow(echo, { debounce: { seconds: 0.6, maximum_seconds: 1 } });
    const end = Date.now() + 2_600;
    for (let n = 0; Date.now() < end; n += 1) {
      await send({ n });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const rows = await eventually(executions, (found) => found.length >= 2);
    expect(rows.length).toBeLessThanOrEqual(5);
  });

  it('hands events over in batches, by number and by time', async () => {
    const { send, ended } = await workflow(echo, { batch: { size: 3, seconds: 1 } });
    await send(...Array.from({ length: 7 }, (_, n) => ({ n })));
    const rows = await ended(3);
    const batches = await Promise.all(
      rows.map(
        async ({ id }) =>
          (await waitForExecution(server, id)).output as {
            type: string;
            event: { count: number; events: { payload: { n: number } }[] };
          },
      ),
    );
    expect(batches.map(({ type }) => type)).toEqual(['events.batch', 'events.batch', 'events.batch']);
    expect(batches.map(({ event }) => event.count).sort()).toEqual([1, 3, 3]);
    expect(batches.flatMap(({ event }) => event.events.map(({ payload }) => payload.n)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const trace = (await waitForExecution(server, rows[0]?.id ?? '')).trace_id;
    expect((await server.call('GET', `/api/studio/correlation/?trace_id=${trace}`)).status).toBe(200);
  });

  it('lets the urgent go first', async () => {
    const settings = { concurrency: { limit: 1 }, priority: { if: [{ var: 'payload.urgent' }, 50, 0] } };
    const { send, ended } = await workflow(nap(0.2), settings);
    await send({ n: 1 }, { n: 2 }, { n: 3 }, { n: 4, urgent: true });
    const rows = await ended(4);
    const order = [...rows].sort((a, b) => Date.parse(a.started_at ?? '') - Date.parse(b.started_at ?? ''));
    expect([order[0]?.id, order[1]?.id]).toContain(rows[3]?.id);
  });

  it('starts once for each idempotency key, and says which execution has it', async () => {
    const { send, ended, executions } = await workflow(echo, { idempotency_key: '{{ event.payload.order }}' });
    await send({ order: 1 }, { order: 1 }, { order: 2 });
    await ended(2);
    await send({ order: 2 }, { order: 3 });
    await ended(3);
    expect((await executions()).length).toBe(3);
  });

  it('refuses settings that are wrong, with pointers', async () => {
    const refused = async (settings: object) => {
      const reply = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', {
        name: 'x',
        graph: { nodes: echo },
        settings,
      });
      return [reply.status, reply.body.errors?.[0]?.pointer];
    };
    expect(await refused({ concurrency: { limit: 0 } })).toEqual([400, '/settings/concurrency/limit']);
    expect(await refused({ concurrency: { limit: 1, key: '{{ event.payload' } })).toEqual([400, '/settings/concurrency/key']);
    expect(await refused({ priority: { nope: 1 } })).toEqual([400, expect.stringContaining('/settings/priority')]);
    expect(await refused({ debounce: { seconds: 1 }, batch: { size: 2, seconds: 1 } })).toEqual([400, '/settings/batch']);
    expect(await refused({ unknown: true })).toEqual([400, '/settings/unknown']);
  });

  it('shows what waits as queued', async () => {
    const { send, executions } = await workflow(nap(30), { concurrency: { limit: 1 } });
    await send({}, {});
    const rows = await eventually(executions, (found) => found.length === 2 && found.some(({ status }) => status === 'waiting'));
    expect(rows.map(({ status }) => status).sort()).toEqual(['queued', 'waiting']);
    const detail = await server.call<Execution>(
      'GET',
      `/api/v1/executions/${rows.find(({ status }) => status === 'queued')?.id}/`,
    );
    expect(detail.body.steps).toEqual([]);
  });
});
