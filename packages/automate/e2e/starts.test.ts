import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Execution, eventually, stepsOf } from './support/executions.ts';
import { callOf } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { createTenant, type TestTenant } from './support/tenants.ts';

interface Problem {
  readonly code: string;
  readonly errors?: readonly { pointer: string; code: string }[];
}

const LOG = { id: 'log', type: 'core.log', config: { message: 'x' } };
const NAP = { id: 'nap', type: 'core.sleep', config: { seconds: 60 } };
const FAILS = { id: 'fail', type: 'core.transform', config: { template: { x: '{{ event.payload.missing }}' } } };
const ENDED = ['succeeded', 'failed', 'cancelled'];

describe.each(databaseKinds)('every way an execution starts on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  let tenant: TestTenant;
  let count = 0;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });
  beforeEach(async () => {
    tenant = await createTenant(server, `starts-${kind}-${++count}`);
  });

  const setCeiling = async (rules: object) =>
    expect((await server.call('PUT', `/api/v1/tenants/${tenant.id}/policy/`, rules)).status).toBe(200);
  const create = (nodes: object[], extra: object = {}, edges: object[] = []) =>
    tenant.call<Problem & { id: string; slug: string }>('POST', '/api/v1/workflows/', {
      name: 'W',
      graph: { nodes, edges },
      ...extra,
    });
  const save = async (nodes: object[], extra: object = {}, edges: object[] = []) => {
    const { status, body } = await create(nodes, extra, edges);
    expect(status, JSON.stringify(body)).toBe(201);
    return body;
  };
  const run = (id: string, input: object = {}) =>
    tenant.call<Problem & { execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
  const get = async (id: string) => (await tenant.call<Execution>('GET', `/api/v1/executions/${id}/`)).body;
  const ended = (id: string) =>
    eventually(
      () => get(id),
      ({ status }) => ENDED.includes(status),
      30_000,
    );
  const total = async (query = '') =>
    (await tenant.call<{ count: number }>('GET', `/api/v1/executions/?count=true&limit=1${query}`)).body.count;
  const child = (workflow: string, config: object = {}) => ({
    id: 'child',
    type: 'workflow.run',
    config: { workflow, ...config },
  });

  /** What a start is refused with, by each way that there is. */
  async function refusalOfChild(settings: object, input: object = {}) {
    const { slug } = await save([LOG], { slug: 'inner', settings });
    const outer = await save([child(slug, { input })], { slug: 'outer' });
    const { body } = await run(outer.id);
    const execution = await ended(body.execution_id);
    return { execution, error: stepsOf(execution).child?.error };
  }

  it.each([
    ['concurrency', { concurrency: { limit: 1, key: '{{ event.payload.missing }}' } }],
    ['rate_limit', { rate_limit: { limit: 1, period_seconds: 1, key: '{{ event.payload.missing }}' } }],
    ['idempotency_key', { idempotency_key: '{{ event.payload.missing }}' }],
    ['a key that is too long', { concurrency: { limit: 1, key: '{{ event.payload.long }}' } }],
  ])('fails the step whose child cannot be admitted: %s', async (_name, settings) => {
    const { execution, error } = await refusalOfChild(settings, { long: 'x'.repeat(600) });
    expect(execution.status).toBe('failed');
    expect(error?.code).toBe('admission_failed');
    expect(execution.steps.find(({ node }) => node === 'child')?.attempts).toBe(1);
    expect(await total('&status=queued')).toBe(0);
  });

  it('repeats no step of those that are stored beside a child that cannot be admitted', async () => {
    const { slug } = await save([LOG], { slug: 'inner', settings: { concurrency: { limit: 1, key: '{{ event.payload.x }}' } } });
    const call = (id: string) => callOf(sink)(id, '/beside', {}, { json: { id, of: '{{ execution.id }}' } });
    const outer = await save([child(slug)]);
    const beside = await save(['a', 'b', 'c'].map(call));
    // What is ready meanwhile is stored together.
    const holding = server.automate.db.transaction(async (transaction) => {
      await transaction.query('lock table step_runs in exclusive mode');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    const started = await Promise.all(Array.from({ length: 20 }, (_, n) => run(n % 2 ? outer.id : beside.id)));
    await holding;
    for (const [n, { body }] of started.entries()) {
      const execution = await ended(body.execution_id);
      expect(execution.status).toBe(n % 2 ? 'failed' : 'succeeded');
      expect(execution.steps.map(({ attempts }) => attempts)).toEqual(n % 2 ? [1] : [1, 1, 1]);
    }
    const calls = sink.calls.map(({ body }) => JSON.stringify(body));
    expect([calls.length, new Set(calls).size]).toEqual([30, 30]);
  });

  it('tells who starts by hand, or again, that the settings cannot be applied', async () => {
    const settings = { concurrency: { limit: 1, key: '{{ event.payload.x }}' } };
    const { id } = await save([LOG], { settings });
    const refused = await run(id);
    expect([refused.status, refused.body.code]).toEqual([422, 'admission_failed']);
    const { body } = await run(id, { x: 1 });
    await ended(body.execution_id);
    const again = await tenant.call<Problem>('POST', `/api/v1/executions/${body.execution_id}/replay/`, { input: {} });
    expect([again.status, again.body.code]).toEqual([422, 'admission_failed']);
    expect(await total()).toBe(1);
  });

  it('holds children to the size of inputs and to the number of active executions', async () => {
    await setCeiling({ max_event_payload_bytes: 100 });
    const { error } = await refusalOfChild({}, { big: 'x'.repeat(200) });
    expect(error?.code).toBe('policy_payload_too_large');
    await setCeiling({ max_active_executions: 1 });
    const many = await save([
      {
        id: 'each',
        type: 'flow.foreach',
        config: {
          items: { var: 'event.payload.items' },
          concurrency: 10,
          body: { nodes: [child('inner', { wait: false })], edges: [] },
        },
      },
    ]);
    const { body } = await run(many.id, { items: Array.from({ length: 20 }, (_, n) => n) });
    const execution = await ended(body.execution_id);
    expect(execution.status).toBe('failed');
    expect(execution.error?.code).toBe('policy_executions_limited');
  });

  it('holds replays of a batch to the policy', async () => {
    const { id } = await save([LOG]);
    const { body } = await run(id);
    await ended(body.execution_id);
    await setCeiling({ max_active_executions: 0 });
    const batch = await tenant.call<{ job_id: string }>('POST', '/api/v1/executions/batch/', {
      action: 'replay',
      filter: { ids: [body.execution_id] },
    });
    const job = await eventually(
      async () =>
        (await tenant.call<{ state: string; progress: { failed: number } }>('GET', `/api/v1/jobs/${batch.body.job_id}/`)).body,
      ({ state }) => state === 'succeeded',
    );
    expect(job.progress.failed).toBe(1);
    expect(await total()).toBe(1);
  });

  it('holds a replay, and a signal that starts, to the policy', async () => {
    const { id } = await save([{ id: 'wait', type: 'core.wait_for_signal', config: { name: 'go', timeout_seconds: 0.1 } }]);
    const { body } = await run(id);
    await ended(body.execution_id);
    await setCeiling({ max_active_executions: 0 });
    const limited = { status: 429, body: { code: 'policy_executions_limited' } };
    expect(await tenant.call('POST', `/api/v1/executions/${body.execution_id}/replay/`, {})).toMatchObject(limited);
    const signal = { execution_key: 'k', signal: { name: 'go', data: {} } };
    expect(await tenant.call('POST', `/api/v1/workflows/${id}/signal-with-start/`, signal)).toMatchObject(limited);
    expect(await total()).toBe(1);
  });

  it('starts an error workflow as soon as the policy has room for it', async () => {
    const rescue = await save([LOG], { slug: 'rescue' });
    const nap = { id: 'nap', type: 'core.sleep', config: { seconds: 1 } };
    const edges = [{ source: 'nap', target: 'fail' }];
    const failing = await save([nap, FAILS], { settings: { error_workflow: rescue.slug } }, edges);
    const { body } = await run(failing.id);
    await setCeiling({ max_active_executions: 0 });
    expect((await ended(body.execution_id)).status).toBe('failed');
    const job = () =>
      tenant.call<{ results: { attempts: number; state: string }[] }>('GET', '/api/v1/jobs/?kind=error_workflow&limit=1');
    await eventually(job, (reply) => (reply.body.results[0]?.attempts ?? 0) > 0);
    expect(await total(`&workflow_id=${rescue.id}`)).toBe(0);
    await setCeiling({ max_active_executions: 10 });
    await eventually(
      () => total(`&workflow_id=${rescue.id}`),
      (count) => count === 1,
    );
  });

  it('keeps a fork bomb within the descendants of one execution', async () => {
    await setCeiling({ max_descendants: 25 });
    const { id } = await save([LOG], { slug: 'bomb' });
    const config = {
      items: { var: 'event.payload.items' },
      concurrency: 5,
      body: { nodes: [child('bomb', { wait: false, input: { items: [1, 2, 3] } })], edges: [] },
    };
    const graph = { nodes: [{ id: 'each', type: 'flow.foreach', config }], edges: [] };
    expect((await tenant.call('PUT', `/api/v1/workflows/${id}/`, { name: 'W', graph })).status).toBe(200);
    const { body } = await run(id, { items: [1, 2, 3] });
    await ended(body.execution_id);
    await eventually(
      () => Promise.all(['queued', 'running', 'waiting'].map((status) => total(`&status=${status}`))),
      (open) => open.every((found) => found === 0),
      30_000,
    );
    expect(await total()).toBe(26);
    expect(await total(`&root_execution_id=${body.execution_id}`)).toBe(25);
    const failed = await tenant.call<{ results: Execution[] }>('GET', '/api/v1/executions/?status=failed&limit=100');
    expect(new Set(failed.body.results.map(({ error }) => error?.code))).toEqual(new Set(['too_many_descendants']));
    // Another one has descendants of its own.
    expect((await run(id, { items: [] })).status).toBe(202);
  });

  it('lets a tenant set no more descendants than there are without the operator', async () => {
    const refused = await tenant.call<Problem>('PATCH', '/api/v1/policy/', { max_descendants: 10_001 });
    expect([refused.status, refused.body.code]).toEqual([422, 'policy_beyond_ceiling']);
    const shown = await tenant.call<{ effective: Record<string, unknown> }>('GET', '/api/v1/policy/');
    expect(shown.body.effective.max_descendants).toEqual({ value: 10_000, source: 'default' });
  });

  it('brings error workflows that lead to each other to an end', async () => {
    const handler = await save([LOG], { slug: 'handler' });
    await save([FAILS], { slug: 'fails', settings: { error_workflow: 'handler' } });
    const graph = { nodes: [child('fails', { wait: false })], edges: [] };
    expect((await tenant.call('PUT', `/api/v1/workflows/${handler.id}/`, { name: 'W', graph })).status).toBe(200);
    const first = await tenant.call<{ results: { id: string }[] }>('GET', '/api/v1/workflows/?slug=fails');
    await run(first.body.results[0]?.id ?? '');
    const jobs = await eventually(
      async () =>
        (
          await tenant.call<{ results: { state: string; error: { code: string } }[] }>(
            'GET',
            '/api/v1/jobs/?kind=error_workflow&state=failed',
          )
        ).body.results,
      (rows) => rows.length > 0,
      60_000,
    ).catch(() => []);
    const open = await Promise.all(['queued', 'running', 'waiting'].map((status) => total(`&status=${status}`)));
    expect(open).toEqual([0, 0, 0]);
    expect(await total()).toBeLessThanOrEqual(22);
    for (const { error } of jobs) expect(error.code).toBe('too_deep');
  });

  it('refuses an error workflow that is not there, archived, or the workflow itself', async () => {
    const refusal = async (nodes: object[], extra: object) => (await create(nodes, extra)).body.errors?.[0];
    const pointer = '/settings/error_workflow';
    expect(await refusal([LOG], { settings: { error_workflow: 'nobody' } })).toMatchObject({ pointer, code: 'unknown_workflow' });
    expect(await refusal([LOG], { slug: 'me', settings: { error_workflow: 'me' } })).toMatchObject({
      pointer,
      code: 'own_workflow',
    });
    const handler = await save([LOG], { slug: 'handler' });
    const { id } = await save([LOG], { settings: { error_workflow: 'handler' } });
    await tenant.call('DELETE', `/api/v1/workflows/${handler.id}/`);
    expect(await refusal([LOG], { settings: { error_workflow: 'handler' } })).toMatchObject({
      pointer,
      code: 'unknown_workflow',
    });
    const body = { name: 'W', graph: { nodes: [LOG], edges: [] }, settings: { error_workflow: 'handler' } };
    expect((await tenant.call<Problem>('PUT', `/api/v1/workflows/${id}/`, body)).body.errors?.[0]).toMatchObject({ pointer });
  });

  it('takes workflows that name each other in one import, in any order, and none that names nobody', async () => {
    const graph = { nodes: [LOG], edges: [] };
    const one = { name: 'One', slug: 'one', graph, settings: { error_workflow: 'two' } };
    const two = { name: 'Two', slug: 'two', graph, settings: { error_workflow: 'one' } };
    const imported = (list: object[]) =>
      tenant.call<{ applied: boolean; results: { status: string; errors: { pointer: string }[] }[] }>(
        'POST',
        '/api/v1/workflows/import/',
        list,
      );
    const alone = await imported([one]);
    expect(alone.body).toMatchObject({
      applied: false,
      results: [{ status: 'failed', errors: [{ pointer: '/settings/error_workflow' }] }],
    });
    const both = await imported([one, two]);
    expect(both.body).toMatchObject({ applied: true, results: [{ status: 'created' }, { status: 'created' }] });
  });

  it('makes the slug of an archived workflow free', async () => {
    const before = await save([NAP], { slug: 'again', settings: { concurrency: { limit: 1 } } });
    const { body } = await run(before.id);
    expect((await create([LOG], { slug: 'again' })).status).toBe(409);
    expect((await tenant.call('DELETE', `/api/v1/workflows/${before.id}/`)).status).toBe(204);
    const after = await save([LOG], { slug: 'again' });
    expect(after.id).not.toBe(before.id);
    expect((await tenant.call('GET', `/api/v1/workflows/${before.id}/`)).status).toBe(200);
    const outer = await save([child('again')]);
    const execution = await ended((await run(outer.id)).body.execution_id);
    expect(execution.status, 'the name is of the new one').toBe('succeeded');
    await tenant.call('POST', `/api/v1/executions/${body.execution_id}/cancel/`);
    await tenant.call('DELETE', `/api/v1/workflows/${after.id}/`);
    expect((await save([LOG], { slug: 'again' })).slug).toBe('again');
    expect((await save([LOG], { name: 'Again' })).slug).toBe('again-2');
  });

  it('shows executions with the names of their workflows, and finds both by them', async () => {
    const one = await save([LOG], { slug: 'one', name: 'The first' });
    const two = await save([LOG], { slug: 'two' });
    const { body } = await run(one.slug);
    await run(two.id);
    const workflow = { id: one.id, slug: 'one', name: 'The first' };
    expect(await get(body.execution_id)).toMatchObject({ workflow });
    for (const name of ['one', one.id]) {
      const found = await tenant.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow=${name}`);
      expect(found.body.results).toMatchObject([{ id: body.execution_id, workflow }]);
    }
    expect(await total('&workflow=one,two')).toBe(2);
    expect(await total('&workflow=nobody')).toBe(0);
    const few = await tenant.call<{ results: object[] }>('GET', '/api/v1/executions/?workflow=one&fields=workflow');
    expect(few.body.results).toEqual([{ workflow }]);
    expect((await tenant.call<{ id: string }>('GET', '/api/v1/workflows/one/')).body.id).toBe(one.id);
    const stranger = await createTenant(server, `stranger-${kind}-${count}`);
    expect((await stranger.call('GET', '/api/v1/workflows/one/')).status).toBe(404);
    const theirs = await stranger.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow=${one.id}`);
    expect(theirs.body.results).toEqual([]);
  });
});
