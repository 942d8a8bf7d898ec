import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueue, type JobHandler } from '../src/jobs/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';
import { createTenant, type TestTenant } from './support/tenants.ts';

type Listed<Row> = { results: Row[]; count: number };
type Job = {
  id: string;
  state: string;
  kind: string;
  progress: { total: number; done: number; failed: number; failures?: object[] };
};

describe.each(databaseKinds)('what lists offer on %s', (kind) => {
  let server: TestServer;
  let stranger: TestTenant;
  let tenantId: string;
  let failing: string;

  const hopeless: JobHandler = {
    kind: 'shop.hopeless',
    run: async ({ payload }) => ({ type: 'failed', error: { code: String(payload.code), message: `No ${payload.code} today.` } }),
  };

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind, { jobs: [hopeless], environment: { AUTOMATE_LEASE_SECONDS: '3' } }));
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    tenantId = rows[0]?.id ?? '';
    stranger = await createTenant(server, `stranger-${kind}`);
    failing = await createWorkflow(server, [
      { id: 'bad', type: 'core.transform', config: { template: { a: '{{ event.payload.nothing.here }}' } } },
    ]);
  });
  afterAll(() => server?.close());

  const get = async <Body>(path: string) => (await server.call<Body>('GET', `/api/v1/${path}`)).body;
  const batch = async (what: 'executions' | 'jobs', body: object): Promise<Job> => {
    const reply = await server.call<{ job_id: string }>('POST', `/api/v1/${what}/batch/`, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    return ended(reply.body.job_id);
  };
  const ended = (id: string) =>
    eventually(
      () => get<Job>(`jobs/${id}/`),
      ({ state }) => ['succeeded', 'failed', 'cancelled'].includes(state),
      60_000,
    );

  it('finds executions by the code they failed with, and a batch takes the same', async () => {
    const { id, error, trace_id } = await runWorkflow(server, failing);
    const ok = await createWorkflow(server, [{ id: 'a', type: 'core.log', config: { message: 'a' } }]);
    await runWorkflow(server, ok);
    const code = error?.code ?? '';
    const found = await get<Listed<Execution>>(`executions/?error_code=${code}&count=true`);
    expect([found.count, found.results[0]?.id]).toEqual([1, id]);
    expect((await get<Listed<Execution>>('executions/?error_code=nothing')).results).toEqual([]);
    expect((await get<Listed<Execution>>(`executions/?id_in=${id}`)).results).toHaveLength(1);
    const job = await batch('executions', { action: 'replay', filter: { error_code: code, trace_id } });
    expect(job.progress).toEqual({ total: 1, done: 1, failed: 0 });
    const { results } = await get<Listed<Execution>>(`executions/?replay_of=${id}`);
    await waitForExecution(server, results[0]?.id ?? '');
    expect((await server.call('GET', '/api/v1/executions/?error_code=%00')).status).toBe(400);
  });

  it('counts dead letters by their reason, and tries those of one again', async () => {
    const add = (code: string, count: number) =>
      enqueue(
        server.automate.db,
        Array.from({ length: count }, () => ({ tenantId, kind: 'shop.hopeless', traceId: 'trace', payload: { code } })),
      );
    await add('paper', 3);
    await add('ink', 2);
    server.automate.announce();
    const groups = async () => {
      const { groups: found } = await get<{ groups: { kind: string; code: string; message: string; count: number }[] }>(
        'jobs/dead-letters/',
      );
      return found.filter((group) => group.kind === 'shop.hopeless').map(({ code, count, message }) => [code, count, message]);
    };
    const all = [
      ['paper', 3, 'No paper today.'],
      ['ink', 2, 'No ink today.'],
    ];
    await eventually(groups, (found) => JSON.stringify(found) === JSON.stringify(all));
    expect((await stranger.call<{ groups: [] }>('GET', '/api/v1/jobs/dead-letters/')).body.groups).toEqual([]);
    const counts = await server.call<{ counts: Record<string, number> }>('GET', '/api/studio/counts/');
    expect(counts.body.counts).toMatchObject({ 'dead-letters': 5, approvals: 0 });
    expect((await get<Listed<Job>>('jobs/?error_code=ink&state=failed')).results).toHaveLength(2);
    const job = await batch('jobs', { action: 'redrive', filter: { kind: 'shop.hopeless', error_code: 'ink' } });
    expect(job.progress).toEqual({ total: 2, done: 2, failed: 0 });
    await eventually(groups, (found) => JSON.stringify(found) === JSON.stringify(all));
  });

  it('cancels jobs of every kind in one batch, and says which could not be', async () => {
    const nap = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 3_600 } }]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${nap}/run/`, {});
    await eventually(
      () => get<Execution>(`executions/${body.execution_id}/`),
      ({ status }) => status === 'waiting',
    );
    const later = { tenantId, kind: 'shop.hopeless', traceId: 'trace', runAt: new Date(Date.now() + 3_600_000) };
    const [waiting = ''] = await enqueue(server.automate.db, [later]);
    const done = await runWorkflow(server, failing);
    const job = await batch('jobs', { action: 'cancel', filter: { ids: [body.execution_id, waiting, done.id] } });
    expect(job.progress).toMatchObject({ total: 3, done: 2, failed: 1, failures: [{ id: done.id, code: 'not_found' }] });
    expect((await waitForExecution(server, body.execution_id)).status).toBe('cancelled');
    expect((await ended(waiting)).state).toBe('cancelled');
  });

  it('tells who follows a list that there is something to look at, and nobody else', async () => {
    const stop = new AbortController();
    const { value } = await server.automate.apiKeys.create({ tenantId: stranger.id, name: 'f', scopes: ['*'], isStaff: false });
    const follow = async (token: string, list: string) => {
      const reply = await fetch(`${server.url}/api/v1/${list}/changes/`, {
        headers: { authorization: `Bearer ${token}` },
        signal: stop.signal,
      });
      expect([reply.status, reply.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/event-stream']);
      const seen: { text: string } = { text: '' };
      void (async () => {
        const decoder = new TextDecoder();
        for await (const piece of reply.body ?? []) seen.text += decoder.decode(piece as Uint8Array, { stream: true });
      })().catch(() => undefined);
      await eventually(
        async () => seen.text,
        (text) => text.includes('event: changes'),
      );
      return seen;
    };
    const [executions, jobs, others] = [
      await follow(server.token, 'executions'),
      await follow(server.token, 'jobs'),
      await follow(value, 'executions'),
    ];
    const before = others.text;
    const { id } = await runWorkflow(server, failing);
    for (const seen of [executions, jobs])
      await eventually(
        async () => seen.text,
        (text) => text.includes(id),
      );
    expect(others.text).not.toContain(id);
    expect(others.text.length).toBe(before.length);
    stop.abort();
  });

  it('exports what is filtered, redacted as it is shown', async () => {
    const leaky = await createWorkflow(server, [
      { id: 'a', type: 'core.set', config: { values: { password: 'hush hush', name: '=1+1' } } },
    ]);
    const { id } = await runWorkflow(server, leaky);
    const csv = await fetch(`${server.url}/api/v1/executions/export/?workflow_id=${leaky}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const text = await csv.text();
    expect(csv.headers.get('content-disposition')).toMatch(/attachment; filename="executions-.*\.csv"/);
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(text).toContain(id);
    expect(text).not.toContain('hush hush');
    const json = await get<{ id: string }[]>(`executions/export/?workflow_id=${leaky}&format=json&fields=id,status`);
    expect(json).toEqual([{ id, status: 'succeeded' }]);
  });

  it('shows who decided what', async () => {
    const ask = await createWorkflow(server, [{ id: 'ask', type: 'core.approval', config: { title: 'Pay 12 EUR?' } }]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${ask}/run/`, {});
    const [approval] = (
      await eventually(
        () => get<Listed<{ id: string }>>(`approvals/?execution_id=${body.execution_id}`),
        ({ results }) => results.length === 1,
      )
    ).results;
    const counts = await server.call<{ counts: Record<string, number> }>('GET', '/api/studio/counts/');
    expect(counts.body.counts.approvals).toBe(1);
    await server.call('POST', `/api/v1/approvals/${approval?.id}/decide/`, { decision: 'approved', comment: 'Fine.' });
    await waitForExecution(server, body.execution_id);
    const { results } = await get<Listed<object>>('approvals/decided/');
    expect(results).toMatchObject([
      { id: approval?.id, title: 'Pay 12 EUR?', decision: 'approved', comment: 'Fine.', execution_id: body.execution_id },
    ]);
    expect((await stranger.call<Listed<object>>('GET', '/api/v1/approvals/decided/')).body.results).toEqual([]);
  });
});
