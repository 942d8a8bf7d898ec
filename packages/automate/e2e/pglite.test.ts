import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestServer, type Reply, type TestServer } from '../src/testing/index.ts';
import { notesHost } from './fixtures/notes.ts';
import { linkTo, upload } from './support/artifact-calls.ts';
import { openBrowser } from './support/browser.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge, handleOf, log, set, wait } from './support/graphs.ts';
import { loseJob } from './support/lost-job.ts';
import { PNG, silence } from './support/media-files.ts';
import { createModelServer, type ModelServer } from './support/model-server.ts';
import { monthFromNow, nextSweep, partitionsOf, past, suffixOf } from './support/months.ts';
import type { Contract } from './support/openapi.ts';
import { type RealProvider, startRealProvider } from './support/real-provider.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { startSmtpServer } from './support/smtp-server.ts';
import { stepSamples } from './support/step-samples.ts';
import { openSurfer } from './support/surfer.ts';
import { totp } from './support/totp.ts';
import { NEVER_REACHED, prepareRequests } from './support/valid-requests.ts';

const PASSWORD = 'correct horse battery staple';
const DAY_MS = 86_400_000;
/** How often what nobody will ask for again is removed. */
const SWEEP_MS = 600_000;
const seed = Number(process.env.AUTOMATE_TEST_SEED ?? randomBytes(4).readUInt32BE());

/**
 * Suites above the port of the database run on PostgreSQL in `npm test`, and on both in `npm run test:long`. So that no statement
 * is sent to the embedded database for the first time by a user, all of them are here: each operation, each step type, each
 * thing that happens by itself.
 */
describe('once of everything, on the embedded database', () => {
  let server: TestServer;
  let sink: ScriptedSink;
  let vendor: ModelServer;
  let provider: RealProvider;
  let contract: Contract;
  let does: ReturnType<typeof handleOf>;
  let sweep: () => void;
  const plainFetch = globalThis.fetch;
  /** Each request that was answered well. */
  const answered: (readonly [method: string, url: string])[] = [];

  beforeAll(async () => {
    console.log(`everything on PGlite: seed ${seed} (AUTOMATE_TEST_SEED replays it)`);
    globalThis.fetch = async (input, init) => {
      const reply = await plainFetch(input, init);
      if (reply.status < 400) answered.push([init?.method ?? 'GET', String(input)]);
      return reply;
    };
    [sink, vendor, provider] = await Promise.all([createScriptedSink(), createModelServer(), startRealProvider()]);
    const timers = vi.spyOn(globalThis, 'setInterval');
    server = await createTestServer('pglite', {
      ...notesHost,
      environment: {
        AUTOMATE_CODE_STEPS: 'true',
        AUTOMATE_LEASE_SECONDS: '1',
        AUTOMATE_OUTBOUND_ALLOW_HOSTS: `${sink.host},${vendor.host}`,
        AUTOMATE_RETENTION_SWEEP_SECONDS: '1',
        AUTOMATE_OIDC_ISSUER: provider.issuer,
        AUTOMATE_OIDC_CLIENT_ID: provider.client.id,
        AUTOMATE_OIDC_CLIENT_SECRET: provider.client.secret,
        AUTOMATE_OIDC_NAME: 'The company',
      },
    });
    sweep = timers.mock.calls.find(([, milliseconds]) => milliseconds === SWEEP_MS)?.[0] as () => void;
    timers.mockRestore();
    provider.register(`${server.url}/api/auth/oidc/callback/`);
    does = handleOf(server);
  });
  afterAll(async () => {
    globalThis.fetch = plainFetch;
    await sink?.close();
    await vendor?.close();
    await provider?.close();
    await server?.close();
  });

  const query = async <Row>(text: string, values: unknown[] = []) => (await server.automate.db.query<Row>(text, values)).rows;
  const tokenIn = (link: string | undefined) => link?.split('#token=')[1] ?? '';
  const ok = <Body>({ status, body }: Reply<Body>): Body => {
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return body;
  };
  const ask = (config: object = {}) => ({ id: 'ask', type: 'core.approval', config: { title: 'Well?', ...config } });

  it('lets people in by each way, and keeps their sessions', async () => {
    const ada = openBrowser(server.url);
    const setup = {
      token: tokenIn(await server.automate.startLink()),
      email: 'ada@example.com',
      name: 'Ada',
      password: PASSWORD,
    };
    ok(await ada.call('POST', '/api/auth/setup/', setup));
    ok(await openBrowser(server.url).call('POST', '/api/auth/link/', { token: tokenIn(await server.automate.startLink()) }));
    const other = openBrowser(server.url);
    ok(await other.call('POST', '/api/auth/sign-in/', { email: 'ada@example.com', password: PASSWORD }));
    type Sessions = { results: { id: string; is_current: boolean }[] };
    const { results } = ok(await ada.call<Sessions>('GET', '/api/auth/sessions/'));
    const ending = results.find(({ is_current }) => !is_current)?.id;
    ok(await ada.call('DELETE', `/api/auth/sessions/${ending}/`));
    const session = ok(await ada.call<{ tenant: { id: string } }>('GET', '/api/auth/session/'));
    ok(await ada.call('POST', '/api/auth/session/tenant/', { tenant_id: session.tenant.id }));

    const grace = openBrowser(server.url);
    const invited = ok(
      await ada.call<{ link: string }>('POST', '/api/v1/invitations/', { email: 'grace@example.com', role: 'editor' }),
    );
    const accepted = { token: tokenIn(invited.link), name: 'Grace', password: PASSWORD };
    ok(await grace.call('POST', '/api/auth/accept-invitation/', accepted));
    const begun = ok(await grace.call<{ uri: string }>('POST', '/api/auth/two-factor/', { password: PASSWORD }));
    const secret = new URL(begun.uri).searchParams.get('secret') ?? '';
    ok(await grace.call('POST', '/api/auth/two-factor/confirm/', { code: totp(secret) }));
    ok(await grace.call('POST', '/api/auth/two-factor/disable/', { password: PASSWORD }));
    const password = 'a much better phrase';
    ok(await grace.call('POST', '/api/auth/password/', { current_password: PASSWORD, new_password: password }));
    ok(await grace.call('POST', '/api/auth/sign-out/'));
    const [user] = await query<{ id: string }>(`select id from users where email = 'grace@example.com'`);
    const reset = ok(await server.call<{ link: string }>('POST', `/api/v1/users/${user?.id}/reset/`));
    ok(await grace.call('POST', '/api/auth/reset-password/', { token: tokenIn(reset.link), password }));

    provider.subject = 'ada';
    provider.people.set('ada', { email: 'ada@example.com', email_verified: true, name: 'Ada' });
    const surfer = openSurfer();
    const isOurs = (url: URL) => url.origin === server.url && !url.pathname.startsWith('/api/');
    await surfer.follow(`${server.url}/api/auth/oidc/start/`, isOurs);
    ok(await surfer.on(server.url).call('GET', '/api/auth/session/'));
  });

  it('answers a valid request of each operation', async () => {
    // Of the requests one may disable an owner, and one change another's role: neither is the last.
    for (const name of ['hedy', 'joan'])
      ok(await server.call('POST', '/api/v1/users/', { email: `${name}@example.com`, name, role: 'owner' }));
    const requests = await prepareRequests(server, { seed, rows: 2, approvals: 4 });
    await requests.sendAll(['plain'], ({ operationId }) => operationId in NEVER_REACHED);
    expect(requests.client.failures).toEqual([]);
    ({ contract } = requests.client);
  });

  it('shows models as their schemas say, and keeps and deletes cases', async () => {
    const models = '/api/studio/admin/app/note/';
    const [note] = ok(
      await server.call<{ results: { id: string; project_id: string }[] }>('GET', '/api/v1/notes/?limit=1'),
    ).results;
    ok(await server.call('GET', models));
    ok(await server.call('GET', `${models}facets/`));
    ok(await server.call('GET', `${models}names/?ids=${note?.id}`));
    ok(await server.call('GET', `/api/studio/admin/app/project/related/?id=${note?.project_id}`));
    const path = `/api/v1/workflows/${await createWorkflow(server, [log('a')])}/cases/`;
    const made = ok(await server.call<{ id: string }>('POST', path, { name: 'Once', event: { type: 'a.b' }, matches: false }));
    ok(await server.call('DELETE', `${path}${made.id}/`));
  });

  it('moves labels of prompts, and cancels a run', async () => {
    const version = { messages: [{ role: 'user', content: 'Hello' }], model: 'nothing' };
    const prompt = ok(await server.call<{ id: string }>('POST', '/api/v1/prompts/', { name: 'Once', version }));
    const path = `/api/v1/prompts/${prompt.id}/`;
    ok(await server.call('GET', `${path}versions/1/`));
    ok(await server.call('PUT', `${path}labels/production/`, { version: 1 }));
    ok(await server.call('DELETE', `${path}labels/production/`));
    const set = { prompt_id: prompt.id, name: 'Once', cases: [{ name: 'one' }] };
    const { id } = ok(await server.call<{ id: string }>('POST', '/api/v1/prompt-test-sets/', set));
    const run = ok(await server.call<{ id: string }>('POST', '/api/v1/prompt-runs/', { test_set_id: id }));
    const look = async () => (await server.call<{ state: string }>('GET', `/api/v1/jobs/${run.id}/`)).body.state;
    await eventually(look, (state) => state === 'succeeded');
    // As one that waits for a limit to pass.
    await query(`update jobs set state = 'scheduled', run_at = now() + interval '1 day', finished_at = null where id = $1`, [
      run.id,
    ]);
    ok(await server.call('POST', `/api/v1/prompt-runs/${run.id}/cancel/`));
  });

  it('asks the provider and the mail server that are set up', async () => {
    const smtp = await startSmtpServer();
    const house = await createTestServer('pglite', {
      environment: { AUTOMATE_SMTP_URL: smtp.url, AUTOMATE_SMTP_FROM: 'a@example.com' },
    });
    try {
      ok(await server.call('POST', '/api/studio/settings/test-single-sign-on/'));
      const ada = openBrowser(house.url);
      const token = tokenIn(await house.automate.startLink());
      ok(await ada.call('POST', '/api/auth/setup/', { token, email: 'ada@example.com', name: 'Ada', password: PASSWORD }));
      ok(await ada.call('POST', '/api/studio/settings/test-mail/'));
    } finally {
      await house.close();
      await smtp.close();
    }
  });

  it('runs each type of step', async () => {
    await createWorkflow(server, [log('child')], [], { slug: 'once-child' });
    // Those of the test of all operations have no room for more than one call.
    const budgets = ok(await server.call<{ results: { id: string }[] }>('GET', '/api/v1/gateway/budgets/')).results;
    for (const budget of budgets) ok(await server.call('DELETE', `/api/v1/gateway/budgets/${budget.id}/`));
    const model = { provider: 'once-demo', model: 'demo' };
    const version = { messages: [{ role: 'user', content: 'x' }], model: 'once-demo/demo' };
    ok(await server.call('POST', '/api/v1/providers/', { slug: 'once-demo', kind: 'demo', config: {} }));
    const config = { base_url: vendor.url };
    ok(await server.call('POST', '/api/v1/providers/', { slug: 'once-vendor', kind: 'openai-compatible', config }));
    ok(await server.call('POST', '/api/v1/endpoints/', { slug: 'once-words', targets: [model] }));
    ok(await server.call('POST', '/api/v1/prompts/', { name: 'Once', slug: 'once-prompt', version }));
    const body = { nodes: [log('inner')], edges: [] };
    const of = (type: string, config: object) => ({ id: type.replace('.', '_'), type, config });
    const nodes = [
      log('core_log'),
      of('core.transform', { template: { a: '{{ event.payload.n }}' } }),
      of('core.set', { values: { a: 1 } }),
      of('core.filter', { condition: { '==': [{ var: 'event.payload.n' }, 1] } }),
      of('core.code', { code: 'return input.n', input: { n: '{{ event.payload.n }}' }, timeout_ms: 30_000 }),
      of('core.sleep', { seconds: 0 }),
      of('core.emit', { event_type: 'once.emitted', payload: { n: 1 } }),
      of('logic.if', { condition: true }),
      of('logic.switch', { value: 'a', cases: ['a'] }),
      of('flow.foreach', { items: [1, 2], concurrency: 2, body }),
      of('flow.while', { condition: { '<': [{ var: 'index' }, 2] }, body }),
      of('flow.group', { body }),
      of('workflow.run', { workflow: 'once-child', wait: true }),
      of('llm.chat', { model: 'once-demo/demo', prompt: 'n is {{ event.payload.n }}' }),
      of('llm.embed', { model: 'once-vendor/vectors', input: 'x' }),
      of('prompt.run', { prompt: 'once-prompt', version: 1 }),
      of('modal.run', { endpoint: 'once-words', input: { prompt: 'x' } }),
      callOf(sink)('http_request', '/echo', {}, { json: { n: 1 } }),
      wait('core_wait_for_signal', 'go'),
      of('core.wait_for_event', { event_type: 'once.awaited' }),
      { ...ask(), id: 'core_approval' },
    ];
    const id = await does.start(await createWorkflow(server, nodes), { n: 1 });
    for (const waiting of ['core_wait_for_signal', 'core_wait_for_event', 'core_approval'])
      await does.stepReaches(id, waiting, 'waiting');
    ok(await does.signal(id, 'go', { n: 2 }));
    ok(await server.call('POST', '/api/v1/events/', { event_type: 'once.awaited', payload: { n: 3 } }));
    const [approval] = ok(
      await server.call<{ results: { id: string }[] }>('GET', `/api/v1/approvals/?execution_id=${id}`),
    ).results;
    ok(await server.call('POST', `/api/v1/approvals/${approval?.id}/decide/`, { decision: 'approved' }));
    const ended = await waitForExecution(server, id);
    expect([ended.status, ended.error]).toEqual(['succeeded', null]);
    expect(stepsOf(ended)).toMatchObject({
      core_code: { output: 1 },
      core_approval: { output: { decision: 'approved' } },
      core_wait_for_signal: { status: 'succeeded' },
      http_request: { status: 'succeeded' },
    });
    // Agents run on both drivers in a file of their own.
    const types = new Set(['agent.run', ...ended.steps.flatMap(({ status, type }) => (status === 'succeeded' ? type : []))]);
    expect(Object.keys(stepSamples).filter((type) => !types.has(type))).toEqual([]);
  });

  it('undoes, cancels, replays, redrives, signals and lets decide by a link', async () => {
    const call = callOf(sink);
    const undo = { compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}/undo` } } };
    const once = { retry: { attempts: 1 } };
    const undone = await createWorkflow(server, [call('do', '/do', undo), call('boom', '/500', once)], [edge('do', 'boom')]);
    const failed = await runWorkflow(server, undone);
    expect(stepsOf(failed)).toMatchObject({ 'do#undo': { status: 'succeeded' }, boom: { status: 'failed' } });
    ok(await does.replay(failed.id, { from_step: 'boom' }));

    const waits = await createWorkflow(server, [wait('wait', 'go')]);
    const cancelled = await does.start(waits);
    await does.reaches(cancelled, 'waiting');
    ok(await does.cancel(cancelled));
    expect((await waitForExecution(server, cancelled)).status).toBe('cancelled');
    const told = ok(
      await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${waits}/signal-with-start/`, {
        execution_key: 'told',
        signal: { name: 'go', data: {} },
      }),
    );
    expect((await waitForExecution(server, told.execution_id)).status).toBe('succeeded');

    const dead = await does.start(waits);
    await does.reaches(dead, 'waiting');
    await loseJob(server.automate.db, dead);
    expect(await waitForExecution(server, dead)).toMatchObject({ status: 'failed', error: { code: 'worker_died' } });
    ok(await server.call('POST', `/api/v1/jobs/${dead}/redrive/`));
    await does.reaches(dead, 'waiting');
    ok(await server.call('POST', `/api/v1/jobs/${dead}/cancel/`));
    expect((await waitForExecution(server, dead)).status).toBe('cancelled');

    const send = call('send', '/echo', {}, { json: { url: '{{ approvals.ask.url }}' } });
    const asks = await does.start(await createWorkflow(server, [send, ask()], [edge('send', 'ask')]));
    await does.stepReaches(asks, 'ask', 'waiting');
    const link = sink.calls.flatMap(({ body }) => (body as { url?: string } | null)?.url ?? []).at(-1) ?? '';
    const path = `/api/approvals/${new URL(link).pathname.split('/')[2]}/`;
    ok(await server.call('GET', path, undefined, { authorization: '' }));
    ok(await server.call('POST', path, { decision: 'approved' }, { authorization: '' }));
    expect((await waitForExecution(server, asks)).status).toBe('succeeded');
  });

  it('starts what events trigger, debounced, in batches, at a rate, so many at once, and when others fail', async () => {
    const nodes = [set('echo', { event: '{{ event.payload }}' })];
    const make = (name: string, settings: object) =>
      createWorkflow(server, nodes, [], {
        triggers: [{ type: 'event', event_type: `once.${name}`, filter: { '>': [{ var: 'payload.n' }, 0] } }],
        settings,
      });
    const workflows = {
      plain: await make('plain', {}),
      debounced: await make('debounced', { debounce: { seconds: 1 } }),
      batched: await make('batched', { batch: { size: 2, seconds: 60 } }),
      rated: await make('rated', { rate_limit: { limit: 1, period_seconds: 1 } }),
      placed: await make('placed', { concurrency: { limit: 1 } }),
    };
    const handler = await createWorkflow(server, nodes, [], { slug: 'once-handler' });
    const failing = [callOf(sink)('boom', '/500', { retry: { attempts: 1 } })];
    const fails = await createWorkflow(server, failing, [], { settings: { error_workflow: 'once-handler' } });
    for (const n of [0, 1, 2]) {
      const events = Object.keys(workflows).map((name) => ({ event_type: `once.${name}`, payload: { n } }));
      ok(await server.call('POST', '/api/v1/events/', events));
    }
    await does.start(fails);
    const ended = async (id: string, count: number): Promise<readonly Execution[]> =>
      eventually(
        async () =>
          (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&limit=100`)).body.results,
        (rows) => rows.length === count && rows.every(({ status }) => status === 'succeeded'),
      );
    for (const name of ['plain', 'rated', 'placed'] as const) await ended(workflows[name], 2);
    for (const name of ['debounced', 'batched'] as const) await ended(workflows[name], 1);
    await ended(handler, 1);
  });

  it('removes what is past its time', async () => {
    const { db } = server.automate;
    const workflow = await createWorkflow(server, [log('a')]);
    const young = await runWorkflow(server, workflow);
    const month = monthFromNow(-5);
    const old = await past(db, workflow, new Date(month.getTime() + 3 * DAY_MS), { key: 'an-old-key' });
    await nextSweep(server);
    await nextSweep(server);
    const statuses = [old.executionId, young.id].map(
      async (id) => (await server.call('GET', `/api/v1/executions/${id}/`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 200]);
    expect(await partitionsOf(db, 'step_runs')).not.toContain(suffixOf(month));
    const { body: metrics } = await server.call<string>('GET', '/metrics');
    expect(metrics).toMatch(/automate_retention_deleted_total\{kind="months"\} [1-9]/);

    for (const table of ['sessions', 'one_time_tokens', 'sign_in_flows', 'idempotency_keys']) {
      await query(`update ${table} set expires_at = now() - interval '1 minute'`);
    }
    const left = async () => {
      const counts = ['sessions', 'one_time_tokens', 'sign_in_flows', 'idempotency_keys'].map(
        async (table) => (await query(`select from ${table}`)).length,
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    };
    expect(await left()).toBeGreaterThan(0);
    sweep();
    expect(await eventually(left, (count) => count === 0)).toBe(0);
  });

  it('keeps a file, and hands it out by its link', async () => {
    const { body } = await upload(server, 'once', { 'content-type': 'text/plain' });
    expect(await (await fetch(await linkTo(server, body.id))).text()).toBe('once');
  });

  it('asks models in the words of each vendor', async () => {
    const messages = [{ role: 'user', content: 'Hello' }];
    const model = 'once-vendor/good';
    const post = (path: string, body: object) => server.call<{ id: string }>('POST', `/v1/${path}`, body);
    ok(await post('messages', { model, max_tokens: 50, messages }));
    ok(await post('messages/count_tokens', { model, messages }));
    const { id } = ok(await post('responses', { model, input: 'Hello' }));
    ok(await server.call('GET', `/v1/responses/${id}`));
    ok(await server.call('DELETE', `/v1/responses/${id}`));
    ok(await post('embeddings', { model: 'once-vendor/vectors', input: 'Hello' }));
    ok(await server.call('GET', '/v1/models'));
    ok(await post('images/generations', { model: 'once-vendor/image', prompt: 'A fox' }));
    ok(await post('audio/speech', { model: 'once-vendor/tts', input: 'Hello' }));
    const send = async (path: string, values: object, [field, name, file]: [string, string, Buffer]) => {
      const form = new FormData();
      for (const [key, value] of Object.entries(values)) form.set(key, value);
      form.set(field, new Blob([new Uint8Array(file)]), name);
      const headers = { authorization: `Bearer ${server.token}` };
      const reply = await fetch(`${server.url}/v1/${path}`, { method: 'POST', headers, body: form });
      expect(reply.status, await reply.text()).toBe(200);
    };
    await send('audio/transcriptions', { model: 'once-vendor/stt' }, ['file', 'a.wav', silence()]);
    await send('images/edits', { model: 'once-vendor/image', prompt: 'A fox' }, ['image', 'a.png', PNG]);
  });

  it('has answered each operation of the document, and is as well as before', async () => {
    const reached = new Set(answered.map(([method, url]) => contract.operationAt(method, url)?.operationId));
    expect(contract.operations.map(({ operationId }) => operationId).filter((id) => !reached.has(id))).toEqual([]);
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
    expect(ok(await server.call<{ valid: boolean }>('GET', '/api/v1/audit/verify/')).valid).toBe(true);
  });
});
