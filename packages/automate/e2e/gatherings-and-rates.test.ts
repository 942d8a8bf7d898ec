import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, waitForExecution } from './support/executions.ts';

interface Receipt {
  readonly event_id: string;
  readonly trace_id: string;
}
interface Verdict {
  readonly match: boolean;
  readonly error: string | null;
  readonly execution_id: string | null;
  readonly note: string | null;
}
interface BatchOutput {
  readonly event: { count: number; events: { payload: { n: string } }[] };
}

const echo = [{ id: 'echo', type: 'core.transform', config: { template: { event: '{{ event.payload }}' } } }];

describe.each(databaseKinds)('gatherings and rates on %s', (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let serial = 0;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    server = await createTestServer(kind, { database });
  });
  afterAll(async () => {
    await server?.close();
    await database?.dispose();
  });

  async function workflow(settings: object, on: TestServer = server) {
    const type = `gather.test${++serial}`;
    const body = (changed: object) => ({
      name: 'Test',
      graph: { nodes: echo, edges: [] },
      triggers: [{ type: 'event', event_type: type }],
      settings: changed,
    });
    const id = await createWorkflow(on, echo, [], body(settings));
    return {
      id,
      type,
      async send(...payloads: object[]): Promise<Receipt[]> {
        const reply = await on.call<Receipt[]>(
          'POST',
          '/api/v1/events/',
          payloads.map((payload) => ({ event_type: type, payload })),
        );
        expect(reply.status).toBe(202);
        return reply.body;
      },
      async publish(changed: object): Promise<void> {
        expect((await on.call('PUT', `/api/v1/workflows/${id}/`, body(changed))).status).toBe(200);
      },
      executions: async () =>
        (await on.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&ordering=id&limit=200`)).body
          .results,
    };
  }

  async function verdictOf({ trace_id }: Receipt, holds: (verdict: Verdict) => boolean): Promise<Verdict> {
    const ask = async () =>
      (await server.call<{ events: { verdicts: Verdict[] }[] }>('GET', `/api/studio/correlation/?trace_id=${trace_id}`)).body
        .events[0]?.verdicts[0];
    return (await eventually(ask, (verdict) => verdict !== undefined && holds(verdict))) as Verdict;
  }

  const isOver = ({ status }: { status: string }) => status === 'succeeded';
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const startsOf = (rows: readonly Execution[]) =>
    rows.map(({ started_at }) => Date.parse(started_at ?? '')).sort((a, b) => a - b);

  function mostWithin(starts: readonly number[], milliseconds: number): number {
    return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + milliseconds).length));
  }

  it('starts once, though a version is published while it is quiet', async () => {
    const { send, publish, executions } = await workflow({ debounce: { seconds: 3 } });
    const [first] = await send({ n: 1 });
    expect(await verdictOf(first as Receipt, ({ note }) => note === 'debounced')).toMatchObject({
      match: true,
      execution_id: null,
    });
    await publish({ debounce: { seconds: 3 } });
    const [second] = await send({ n: 2 });
    const rows = await eventually(executions, (found) => found.length > 0 && found.every(isOver));
    await pause(3_500);
    expect((await executions()).length).toBe(1);
    expect(await waitForExecution(server, rows[0]?.id ?? '')).toMatchObject({ workflow_version: 2, output: { event: { n: 2 } } });
    expect(await verdictOf(second as Receipt, ({ note }) => note === null)).toMatchObject({ execution_id: rows[0]?.id });
  });

  it('starts once with all events, though a version is published while a batch fills', async () => {
    const settings = { batch: { size: 4, seconds: 30 } };
    const { send, publish, executions } = await workflow(settings);
    const early = await send({ n: 1 }, { n: 2 });
    for (const receipt of early) await verdictOf(receipt, ({ note }) => note === 'batched');
    await publish(settings);
    const late = await send({ n: 3 }, { n: 4 });
    const rows = await eventually(executions, (found) => found.length > 0 && found.every(isOver));
    expect(rows.length).toBe(1);
    const { workflow_version, output } = await waitForExecution(server, rows[0]?.id ?? '');
    expect(workflow_version).toBe(2);
    expect((output as unknown as BatchOutput).event.events.map(({ payload }) => payload)).toEqual(
      [1, 2, 3, 4].map((n) => ({ n })),
    );
    for (const receipt of [...early, ...late])
      expect(await verdictOf(receipt, ({ note }) => note === null)).toMatchObject({ execution_id: rows[0]?.id });
  });

  it('keeps one event of a debounce, however many come', async () => {
    const { id, send, executions } = await workflow({ debounce: { seconds: 2, key: '{{ event.payload.k }}' } });
    for (let part = 0; part < 4; part += 1)
      await send(...Array.from({ length: 500 }, (_, n) => ({ k: n % 2, n: part * 500 + n })));
    await eventually(
      async () => (await server.automate.db.query<{ left: number }>('select count(*)::int as left from outbox')).rows[0]?.left,
      (left) => left === 0,
    );
    const { rows } = await server.automate.db.query<{ count: number; events: number }>(
      `select count(*)::int as count, (select count(*) from gathered_events)::int as events from gatherings where workflow_id = $1`,
      [id],
    );
    expect(rows[0]).toEqual({ count: 2, events: 0 });
    const started = await eventually(executions, (found) => found.length === 2 && found.every(isOver));
    const outputs = await Promise.all(started.map(async (row) => (await waitForExecution(server, row.id)).output));
    expect(outputs).toEqual(expect.arrayContaining([{ event: { k: 0, n: 1_998 } }, { event: { k: 1, n: 1_999 } }]));
  });

  it('counts each event of a batch once for each idempotency key', async () => {
    const { send, executions } = await workflow({ batch: { size: 3, seconds: 1 }, idempotency_key: '{{ event.payload.n }}' });
    const of = (...names: string[]) => send(...names.map((n) => ({ n })));
    await of('a', 'b', 'c');
    await eventually(executions, (rows) => rows.length === 1);
    await of('d', 'e', 'c');
    const repeated = await of('a', 'b', 'f', 'f');
    const rows = await eventually(executions, (found) => found.length === 2 && found.every(isOver));
    const outputs = await Promise.all(
      rows.map(async ({ id }) => (await waitForExecution(server, id)).output as unknown as BatchOutput),
    );
    expect(outputs.flatMap(({ event }) => event.events.map(({ payload }) => payload.n)).sort()).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
    ]);
    expect(await verdictOf(repeated[0] as Receipt, ({ note }) => note === 'duplicate')).toMatchObject({
      execution_id: rows[0]?.id,
    });
    expect(await verdictOf(repeated[2] as Receipt, ({ execution_id }) => execution_id !== null)).toMatchObject({
      execution_id: rows[1]?.id,
      note: null,
    });
  });

  it.each([
    ['paused', (id: string) => server.call('PATCH', `/api/v1/workflows/${id}/`, { is_live: false })],
    ['archived', (id: string) => server.call('DELETE', `/api/v1/workflows/${id}/`)],
  ])('starts nothing when the workflow was %s before its time came, and frees its keys', async (_what, end) => {
    const debounced = await workflow({ debounce: { seconds: 4 } });
    const batched = await workflow({ batch: { size: 5, seconds: 4 }, idempotency_key: '{{ event.payload.n }}' });
    const sent = [...(await debounced.send({ n: 1 })), ...(await batched.send({ n: 1 }))];
    for (const receipt of sent) await verdictOf(receipt, ({ note }) => note !== null);
    for (const { id } of [debounced, batched]) expect((await end(id)).status).toBeLessThan(300);
    for (const receipt of sent)
      expect(await verdictOf(receipt, ({ note }) => note === 'not_live')).toMatchObject({ execution_id: null });
    expect([...(await debounced.executions()), ...(await batched.executions())]).toEqual([]);
    const { rows } = await server.automate.db.query('select 1 from execution_keys where workflow_id = $1', [batched.id]);
    expect(rows).toEqual([]);
  });

  it('splits a batch that weighs too much', async () => {
    const { type, executions } = await workflow({ batch: { size: 6, seconds: 30 } });
    const other = await workflow({ batch: { size: 2, seconds: 30 } });
    const payload = { text: 'x'.repeat(5_000_000) };
    for (let n = 0; n < 6; n += 1)
      expect((await server.call('POST', '/api/v1/events/', { event_type: type, payload })).status).toBe(202);
    await other.send({ n: 1 }, { n: 2 });
    await eventually(other.executions, (rows) => rows.length === 1);
    // The last of them is not full, and waits.
    await eventually(executions, (rows) => rows.length >= 5, 60_000);
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
  }, 90_000);

  it('drops what is above a rate that drops, and says so', async () => {
    const { send, executions } = await workflow({ rate_limit: { limit: 2, period_seconds: 2, on_exceeded: 'drop' } });
    const sent = await send(...Array.from({ length: 5 }, (_, n) => ({ n })));
    const verdicts = await Promise.all(sent.map((receipt) => verdictOf(receipt, () => true)));
    expect(verdicts.map(({ match, note }) => [match, note])).toEqual([
      [true, null],
      [true, null],
      [true, 'rate_limited'],
      [true, 'rate_limited'],
      [true, 'rate_limited'],
    ]);
    await pause(2_100);
    await send({ n: 6 });
    await eventually(executions, (rows) => rows.length === 3 && rows.every(isOver));
  });

  it('cancels what waits for its place under a rate', async () => {
    const { send, executions } = await workflow({ rate_limit: { limit: 1, period_seconds: 3_600 } });
    await send({ n: 1 }, { n: 2 });
    const rows = await eventually(executions, (found) => found.length === 2 && found.some(isOver));
    const waiting = rows.find((row) => !isOver(row));
    expect((await server.call('POST', `/api/v1/executions/${waiting?.id}/cancel/`)).status).toBe(202);
    expect((await waitForExecution(server, waiting?.id ?? '')).status).toBe('cancelled');
  });

  it('holds a rate in any time of its length', async () => {
    const { send, executions } = await workflow({ rate_limit: { limit: 5, period_seconds: 2 } });
    for (let n = 0; n < 12; n += 1) {
      await send({ n });
      await pause(100);
    }
    const rows = await eventually(executions, (found) => found.length === 12 && found.every(isOver), 30_000);
    expect(mostWithin(startsOf(rows), 2_000)).toBeLessThanOrEqual(5);
  });

  // The last one: it ends the server, and starts others on its database.
  it('holds a rate when workers come back late, and when there are several', async () => {
    await server.close();
    server = await createTestServer(kind, { database, hasWorker: false });
    const token = server.token;
    expect(token).toBeTruthy();
    const { id, send } = await workflow({ rate_limit: { limit: 2, period_seconds: 1 } });
    await send(...Array.from({ length: 9 }, (_, n) => ({ n })));
    await pause(2_500);
    const others =
      kind === 'postgres' ? [await createTestServer(kind, { database }), await createTestServer(kind, { database })] : [];
    if (kind === 'pglite') {
      await server.close();
      server = await createTestServer(kind, { database });
    }
    const started = async () =>
      (
        await server.automate.db.query<{ at: number }>(
          `select (extract(epoch from started_at) * 1000)::float8 as at from executions where workflow_id = $1 and finished_at is not null`,
          [id],
        )
      ).rows.map(({ at }) => at);
    const starts = await eventually(started, (found) => found.length === 9, 30_000);
    for (const other of others) await other.close();
    expect(mostWithin(starts, 1_000)).toBeLessThanOrEqual(2);
  });
});
