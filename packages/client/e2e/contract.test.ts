import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AutomateClient } from '../src/index.ts';
import { collect, problemOf, recordCalls } from './support/calls.ts';

const recorder = recordCalls();
const say = (word: string) => ({ id: 'say', type: 'core.transform', config: { template: { word } } });
const NOWHERE = '01900000-0000-7000-8000-000000000000';

describe.each(databaseKinds)('the client and the server on %s', (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let automate: AutomateClient;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    server = await createTestServer(kind, { database });
    automate = recorder.client({ baseUrl: server.url, token: server.token });
  });
  afterAll(async () => {
    await server?.close();
    await database?.dispose();
  });

  const create = (name: string, nodes = [say('hello')]) => automate.workflows.create({ name, graph: { nodes, edges: [] } });

  it('create, show, change, publish, pause and archive workflows', async () => {
    const { id, slug, workflow_version } = await automate.workflows.create({
      name: 'Order intake',
      graph: { nodes: [say('one')] },
      triggers: [{ type: 'event', event_type: 'order.*', filter: { '>': [{ var: 'payload.amount' }, 100] } }],
    });
    expect([slug, workflow_version]).toEqual(['order-intake', 1]);
    expect(await automate.workflows.retrieve(id)).toMatchObject({
      id,
      name: 'Order intake',
      is_live: true,
      graph: { nodes: [say('one')] },
    });
    const changed = await automate.workflows.update(id, { name: 'Orders', graph: { nodes: [say('two')] } });
    expect(changed).toMatchObject({ name: 'Orders', workflow_version: 2, latest_version: 2 });
    expect((await automate.workflows.versions(id)).results.map(({ version }) => version)).toEqual([2, 1]);
    expect(await automate.workflows.triggers(id)).toEqual({ results: [] });
    expect(await automate.workflows.publish(id, { version: 1 })).toMatchObject({ workflow_version: 1, latest_version: 2 });
    expect(await automate.workflows.saveVersion(id, { graph: { nodes: [say('three')] } })).toMatchObject({ version: 3 });
    const saved = await automate.workflows.saveCase(id, {
      name: 'Large',
      event: { type: 'order.x', payload: { amount: 120 } },
      matches: true,
    });
    expect(saved.outcome).toEqual({ passed: true, matched: true, error: null });
    expect(await automate.workflows.cases(id, { version: 3 })).toMatchObject({ version: 3, results: [{ name: 'Large' }] });
    await automate.workflows.deleteCase(id, saved.id);
    expect((await automate.workflows.catalog()).steps.map(({ type }) => type)).toContain('core.log');
    expect(await automate.workflowSummary.get({ ids: [id] })).toMatchObject({ results: [{ id, latest: [] }] });
    expect(await automate.workflows.partialUpdate(id, { is_live: false })).toMatchObject({ is_live: false });
    expect(await automate.workflows.destroy(id)).toBeUndefined();
    expect((await automate.workflows.retrieve(id)).archived_at).not.toBeNull();
  });

  it('list, filter, order, choose fields, and go through all pages', async () => {
    const made: string[] = [];
    for (const name of ['Page A', 'Page B', 'Page C', 'Page D', 'Page E']) made.push((await create(name)).id);
    const page = await automate.workflows.list({ search: 'page-', limit: 2, ordering: 'name', count: true });
    expect(page).toMatchObject({ count: 5, previous: null, results: [{ name: 'Page A' }, { name: 'Page B' }] });
    const query = { search: 'page-', limit: 2, ordering: 'name' };
    expect((await collect(automate.workflows.iterate(query))).map(({ id }) => id)).toEqual(made);
    const pages = await collect(automate.workflows.pages(query));
    expect(pages.map(({ results }) => results.length)).toEqual([2, 2, 1]);
    expect((await automate.admin.get()).models.map(({ name }) => name)).toContain('Workflow');
    expect(await automate.adminModel.get('engine', 'workflow')).toMatchObject({ title_field: 'name', update_method: 'PUT' });
    expect((await automate.adminFacets.get('engine', 'workflow', { query: 'is_live=true' })).facets).not.toEqual([]);
    const [first_id = '', second_id = ''] = made;
    expect((await automate.adminNames.get('engine', 'workflow', { ids: [first_id, second_id] })).results).toHaveLength(2);
    expect((await automate.adminRelated.get('engine', 'workflow', { id: first_id })).results).toBeInstanceOf(Array);
    expect((await automate.workflows.list({ slug: 'page-c' })).results.map(({ id }) => id)).toEqual([made[2]]);
    const [first] = (await automate.workflows.list({ slug: 'page-c', fields: ['id', 'name'] })).results;
    expect(first).toEqual({ id: made[2], name: 'Page C' });
  });

  it('run a workflow and follow it to its end', async () => {
    const { id } = await create('Followed', [{ id: 'nap', type: 'core.sleep', config: { seconds: 0.3 } } as never, say('done')]);
    const traceId = `client-${kind}`;
    const started = await automate.workflows.run(id, { input: { name: 'Ada' } }, { traceId });
    expect(started).toMatchObject({ workflow_version: 1, trace_id: traceId });

    const dry = await automate.workflows.dryRun(id, { input: { name: 'Ada' } });
    expect(dry).toMatchObject({ status: 'succeeded', calls: [], steps: [{ node: 'nap' }, { node: 'say' }] });

    const events = await collect(automate.executions.events(started.execution_id));
    const last = events.at(-1);
    expect(last).toMatchObject({ event: 'execution', data: { status: 'succeeded' } });
    expect(new Set(events.map((event) => Number(event.id))).size).toBe(events.length);
    const naps = events.flatMap((event) => (event.event === 'step' && event.data.node === 'nap' ? [event.data.status] : []));
    expect(naps).toEqual(['waiting', 'succeeded']);
    expect(events.flatMap((event) => (event.event === 'status' ? [event.data.status] : []))).toContain('waiting');
    // Who comes later gets the last state of each step, and no status but the end.
    const ends = events.filter((event) => event.event !== 'status').slice(1);
    const rest = await collect(automate.executions.events(started.execution_id, {}, { lastEventId: ends[0]?.id }));
    expect(rest.map((event) => event.id)).toEqual(ends.slice(1).map((event) => event.id));

    const execution = await automate.executions.retrieve(started.execution_id);
    expect(execution).toMatchObject({ status: 'succeeded', workflow_id: id, steps: [{ node: expect.any(String) }, {}] });
    expect((await automate.executions.list({ trace_id: traceId, status: 'succeeded' })).results).toHaveLength(1);
    expect((await automate.executions.list({ created_after: new Date(Date.now() + 60_000) })).results).toEqual([]);
    expect(await automate.jobs.retrieve(started.execution_id)).toMatchObject({ state: 'succeeded', trace_id: traceId });
    expect((await collect(automate.jobs.iterate({ trace_id: traceId }))).map((job) => job.id)).toEqual([started.execution_id]);
    expect((await automate.jobs.list({ limit: 1 })).results).toHaveLength(1);
    const correlation = await automate.correlationExplorer.get({ trace_id: traceId });
    expect(await automate.executionExplorer.get(started.execution_id)).toMatchObject({
      execution: { id: started.execution_id },
      is_whole: true,
    });
    const rule = { '==': [{ var: 'type' }, 'a.type'] };
    expect(await automate.ruleTester.post({ rule, event: { type: 'a.type' } })).toMatchObject({ match: true, error: null });
    expect(await automate.ruleTrial.post({ rule: true, limit: 1 })).toMatchObject({ matched: 1, is_complete: true });
    const { executions, tiles } = await automate.dashboard.get({ within: 'hour' });
    expect(executions?.total).toBeGreaterThan(0);
    expect(tiles).toEqual([]);
    expect(await automate.welcome.get()).toMatchObject({ is_empty: false, sample: { workflow_id: null } });
    expect((await automate.wizard.get()).wizards[0]).toMatchObject({ name: 'workflow', operation: { method: 'POST' } });
    expect(correlation.executions).toMatchObject([{ id: started.execution_id, workflow_name: 'Followed' }]);
  });

  it('send a signal to an execution, and cancel one', async () => {
    const waits = { id: 'wait', type: 'core.wait_for_signal', config: { name: 'go' } } as never;
    const { id } = await create('Told', [waits]);
    const told = await automate.workflows.run(id, {});
    expect(await automate.executions.signal(told.execution_id, { name: 'go', data: { n: 1 } })).toMatchObject({
      signal_id: expect.any(String),
    });
    await collect(automate.executions.events(told.execution_id));
    expect(await automate.executions.retrieve(told.execution_id)).toMatchObject({ status: 'succeeded', output: { n: 1 } });
    const signalled = { execution_key: 'told', signal: { name: 'go', data: { n: 2 } } };
    const both = await automate.workflows.signalWithStart(id, signalled);
    expect(both).toMatchObject({ status: 'started', signal_id: expect.any(String) });
    await collect(automate.executions.events(both.execution_id));
    expect(await automate.workflows.run(id, { execution_key: 'told', on_conflict: 'return' })).toMatchObject({
      status: 'existing',
      execution_id: both.execution_id,
    });
    const cancelled = await automate.workflows.run(id, {});
    expect(await automate.executions.cancel(cancelled.execution_id)).toMatchObject({ ending: 'cancelled' });
    expect((await collect(automate.executions.events(cancelled.execution_id))).at(-1)?.data).toMatchObject({
      status: 'cancelled',
    });
  });

  it('replay an execution, one and many, and steer jobs', async () => {
    const { id } = await create('Replayed');
    const { execution_id } = await automate.workflows.run(id, { input: { name: 'Ada' } });
    await collect(automate.executions.events(execution_id));
    const replayed = await automate.executions.replay(execution_id, { version: 'latest' });
    await collect(automate.executions.events(replayed.execution_id));
    expect(await automate.executions.retrieve(replayed.execution_id)).toMatchObject({
      replay_of: execution_id,
      steps_next: null,
    });
    expect((await automate.executions.steps(execution_id, { limit: 1 })).results).toHaveLength(1);
    const { job_id } = await automate.executions.batch({ action: 'replay', filter: { ids: [execution_id] } });
    const updates = await collect(automate.jobs.events(job_id));
    expect(updates.at(-1)).toMatchObject({
      event: 'job',
      data: { state: 'succeeded', progress: { total: 1, done: 1, failed: 0 } },
    });
    const redriven = await automate.jobs.batch({ action: 'redrive', filter: { kind: 'nothing' } });
    await collect(automate.jobs.events(redriven.job_id));
    expect(await problemOf(automate.jobs.cancel(job_id))).toMatchObject({ status: 409, code: 'job_ended' });
    expect(await problemOf(automate.jobs.redrive(job_id))).toMatchObject({ status: 409, code: 'job_not_dead' });
    expect(await automate.workflows.pause(id)).toMatchObject({ is_live: false });
    expect(await automate.workflows.resume(id)).toMatchObject({ is_live: true });
  });

  it('follow lists, take them out as files, count what waits, and save views', async () => {
    for (const follow of [automate.executions.changes, automate.jobs.changes]) {
      for await (const event of follow({})) {
        expect(event).toMatchObject({ event: 'changes', data: { ids: expect.any(Array) } });
        break;
      }
    }
    expect(await automate.executions.export({ format: 'json', error_code: 'nothing' })).toBeDefined();
    expect(await automate.jobs.deadLetters()).toMatchObject({ groups: expect.any(Array), is_partial: false });
    expect((await automate.studioPages.get()).pages.map(({ path }) => path)).toContain('executions');
    expect((await automate.studioCounts.get()).counts).toMatchObject({ 'dead-letters': expect.any(Number) });
    expect((await automate.decidedApprovals.list({ limit: 1 })).results).toEqual(expect.any(Array));
    const view = await automate.savedViews.create({ list: 'executions', name: 'Failed', search: { status: 'failed' } });
    expect(await automate.savedViews.retrieve(view.id)).toMatchObject({ name: 'Failed', is_own: true, is_shared: false });
    const whole = { name: 'All', search: {}, position: 2, is_shared: true };
    expect(await automate.savedViews.update(view.id, whole)).toMatchObject(whole);
    expect(await automate.savedViews.partialUpdate(view.id, { name: 'Ours' })).toMatchObject({ name: 'Ours', position: 2 });
    expect((await automate.savedViews.list({ list: 'executions' })).results).toHaveLength(1);
    await automate.savedViews.destroy(view.id);
  });

  it('follow an execution across a restart of the server, which ends its streams cleanly', async () => {
    const { port } = new URL(server.url);
    const sleeping = await create('Restarted', [{ id: 'nap', type: 'core.sleep', config: { seconds: 1.5 } } as never]);
    const { execution_id } = await automate.workflows.run(sleeping.id, {});
    const seen: string[] = [];
    let restarting: Promise<void> | undefined;
    const restart = async () => {
      await server.close();
      server = await createTestServer(kind, { database, environment: { PORT: port } });
    };
    for await (const event of automate.executions.events(execution_id)) {
      seen.push(`${event.event} ${event.data.status}`);
      if (event.event === 'step') restarting ??= restart();
    }
    await restarting;
    expect(seen).toContain('status waiting');
    expect(seen.filter((each) => !each.startsWith('status'))).toEqual(['step waiting', 'step succeeded', 'execution succeeded']);
  });

  it('change only what they have seen, get only what is new, and run once', async () => {
    const { id } = await create('Seen');
    const { data, etag = '' } = await automate.workflows.retrieve(id).withResponse();
    expect(etag).toMatch(/^".+"$/);
    expect(await automate.workflows.retrieve(id, undefined, { ifNoneMatch: etag })).toBeUndefined();
    const change = { name: 'Changed', graph: data.graph };
    await automate.workflows.update(id, change, { ifMatch: etag });
    const stale = await problemOf(automate.workflows.update(id, change, { ifMatch: etag }));
    expect(stale).toMatchObject({ status: 412, code: 'precondition_failed' });
    const options = { idempotencyKey: 'run-once' };
    const [one, two] = [await automate.workflows.run(id, {}, options), await automate.workflows.run(id, {}, options)];
    expect(two).toEqual(one);
    expect((await automate.executions.list({ workflow_id: id })).results).toHaveLength(1);
    const reused = await problemOf(automate.workflows.run(id, { input: { other: 1 } }, options));
    expect(reused).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    const [expanded] = (await automate.executions.list({ workflow_id: id, expand: ['workflow', 'event'] })).results;
    expect(expanded).toMatchObject({ workflow: { name: 'Changed' }, event: { event_type: 'workflow.run' } });
  });

  it('move workflows', async () => {
    await create('Portable');
    const exported = await automate.workflows.export({ slug_in: ['portable'] });
    expect(exported).toMatchObject([{ name: 'Portable', slug: 'portable' }]);
    const report = await automate.workflows.import([...exported], { query: { dry_run: true } });
    expect(report).toMatchObject({ applied: false, results: [{ status: 'unchanged' }] });
  });

  it('add providers, publish endpoints, and ask models', async () => {
    const provider = await automate.providers.create({ slug: 'client-demo', kind: 'demo' });
    expect(provider).toMatchObject({ slug: 'client-demo', missing: null, tasks: expect.arrayContaining(['llm.chat']) });
    expect((await automate.providers.kinds()).results.map(({ kind: name }) => name)).toContain('openai');
    expect(await automate.providers.test('client-demo', { model: 'demo' })).toMatchObject({ ok: true });
    expect(await automate.providerTest.post({ kind: 'demo', model: 'demo' })).toMatchObject({ ok: true });
    expect((await automate.providers.standing()).results).toMatchObject([{ provider: 'client-demo', last_test: { ok: true } }]);
    expect(await automate.providers.update('client-demo', { name: 'Demo' })).toMatchObject({ name: 'Demo' });
    expect(await automate.providers.partialUpdate('client-demo', { is_enabled: true })).toMatchObject({ is_enabled: true });
    expect((await automate.providers.list({ kind: 'demo' })).results).toHaveLength(1);
    const targets = [{ provider: 'client-demo', model: 'demo' }];
    const endpoint = await automate.endpoints.create({ slug: 'client-chat', targets });
    expect(await automate.endpoints.retrieve('client-chat')).toMatchObject({ id: endpoint.id, tasks: ['llm.chat'] });
    await automate.endpoints.update('client-chat', { targets, description: 'For the client' });
    await automate.endpoints.partialUpdate('client-chat', { aliases: ['client-alias'] });
    expect((await automate.endpoints.list({ slug: 'client-chat' })).results).toMatchObject([{ aliases: ['client-alias'] }]);
    expect((await automate.endpoints.guardrails()).results.map(({ type }) => type)).toContain('personal_data');
    expect(await automate.endpoints.figures({ since: new Date(0) })).toMatchObject({ since: '1970-01-01T00:00:00.000Z' });
    const messages = [{ role: 'user', content: 'Hello' }];
    expect(await automate.openaiChat.post({ model: 'client-alias', messages })).toMatchObject({ object: 'chat.completion' });
    expect(await automate.anthropicMessages.post({ model: 'client-chat', max_tokens: 50, messages })).toMatchObject({
      type: 'message',
    });
    expect((await automate.anthropicCountTokens.post({ model: 'client-chat', messages })).input_tokens).toBeGreaterThan(0);
    const response = (await automate.openaiResponses.post({ model: 'client-chat', input: 'Hello' })) as { id: string };
    expect(await automate.openaiResponses.get(response.id)).toMatchObject({ id: response.id });
    expect(await automate.openaiResponses.delete(response.id)).toMatchObject({ deleted: true });
    expect((await automate.openaiModels.get()).data.map(({ id }) => id)).toContain('client-chat');
    const noVectors = automate.openaiEmbeddings.post({ model: 'client-chat', input: 'Hello' });
    expect(await noVectors.catch(({ status }: { status: number }) => status)).toBe(400);
    const asked = { input: { prompt: 'Hello' } };
    expect(await automate.endpoints.run('client-chat', asked)).toMatchObject({ task_type: 'llm.chat' });
    expect(await automate.endpointRun.post('client-chat', asked)).toMatchObject({ outputs: { finish_reason: 'stop' } });
    const { job_id } = await automate.endpointJob.post('client-chat', asked);
    const told = await collect(automate.endpointJobEvents.get(job_id));
    expect(told.at(-1)?.event).toBe('final');
    expect(await automate.endpointJobStatus.get(job_id)).toMatchObject({ job_id, status: 'succeeded' });
    const streamed = await collect(automate.endpointStream.post('client-chat', asked));
    expect(streamed.at(-1)?.event).toBe('final');
    await automate.endpoints.destroy('client-chat');
    expect(await automate.openaiImages.post({ model: 'client-demo/demo', prompt: 'A cat' })).toMatchObject({ data: [{}] });
    const noVoice = automate.openaiSpeech.post({ model: 'client-demo/demo', input: 'Hello' });
    expect(await problemOf(noVoice)).toMatchObject({ status: 409 });
    const form = new FormData();
    form.append('model', 'client-demo/demo');
    expect(await problemOf(automate.openaiTranscriptions.post(form))).toMatchObject({ status: 400 });
    expect(await problemOf(automate.openaiImageEdits.post(form))).toMatchObject({ status: 400 });
    await automate.providers.destroy('client-demo');
    expect(await problemOf(automate.providers.retrieve('client-demo'))).toMatchObject({ status: 404 });
  });

  it('set prices and budgets, and read the log of calls', async () => {
    const price = await automate.modelPrices.create({ model: 'client-model', input: '2.5', output: '10' });
    expect(await automate.modelPrices.update(price.id, { input: '3', output: '10' })).toMatchObject({ input: '3' });
    expect(await automate.modelPrices.partialUpdate(price.id, { input: '2.5' })).toMatchObject({ input: '2.5' });
    expect(await automate.modelPrices.retrieve(price.id)).toMatchObject({ model: 'client-model' });
    expect((await automate.modelPrices.list({ model: 'client-model' })).results).toHaveLength(1);
    expect(await automate.modelPrices.effective({ model: 'client-model' })).toMatchObject({ rates: { input: '2.50' } });
    await automate.modelPrices.destroy(price.id);
    expect((await automate.modelPrices.catalogue({ book: 'openai' })).results).not.toHaveLength(0);
    expect(await automate.spend.get({ by: 'model' })).toMatchObject({ by: 'model', step: 'day' });
    expect(Array.isArray((await automate.unpricedModels.get()).results)).toBe(true);
    const budget = await automate.budgets.create({ name: 'Client', period: 'month', metric: 'requests', amount: '1000' });
    expect(await automate.budgets.update(budget.id, { name: 'Client', amount: '2000' })).toMatchObject({ amount: '2000' });
    expect(await automate.budgets.partialUpdate(budget.id, { amount: '3000' })).toMatchObject({ amount: '3000' });
    expect(await automate.budgets.retrieve(budget.id)).toMatchObject({ scope: 'tenant' });
    expect(await automate.budgets.standing(budget.id)).toMatchObject({ amount: '3000' });
    expect((await automate.budgets.list()).results.map(({ id }) => id)).toContain(budget.id);
    await automate.budgets.destroy(budget.id);
    let calls = await automate.modelCalls.list({ model: 'client-alias' });
    for (let tries = 0; calls.results.length === 0 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      calls = await automate.modelCalls.list({ model: 'client-alias' });
    }
    const id = calls.results[0]?.id ?? '';
    expect((await automate.modelCalls.summary()).calls).toBeGreaterThan(0);
    expect(await automate.modelCalls.retrieve(id)).toMatchObject({ status: 'succeeded', provider: 'client-demo' });
    expect(await automate.modelCalls.bodies(id)).toMatchObject({ request: { model: 'client-alias' } });
    expect(await automate.modelCalls.export({ format: 'json', model: 'client-alias' })).toHaveLength(1);
  });

  it('write prompts, move their labels, try them, and run their test sets', async () => {
    const version = { messages: [{ role: 'user' as const, content: 'Hello {{ name }}' }], model: 'nothing' };
    const { id, slug } = await automate.prompts.create({ name: 'Client greeting', version });
    await automate.prompts.saveVersion(slug, { ...version, message: 'The same' });
    expect((await automate.prompts.versions(slug)).results.map((one) => one.version)).toEqual([2, 1]);
    expect(await automate.prompts.version(slug, '1')).toMatchObject({ version: 1, labels: [] });
    expect(await automate.prompts.putLabel(slug, 'production', { version: 1 })).toMatchObject({ version: 1 });
    expect((await automate.prompts.labels(slug)).results.map(({ name }) => name)).toEqual(['draft', 'production']);
    await automate.prompts.removeLabel(slug, 'production');
    expect(await automate.prompts.retrieve(id)).toMatchObject({ slug, latest_version: 2, labels: [{ name: 'draft' }] });
    expect(await automate.prompts.partialUpdate(slug, { description: 'Greets' })).toMatchObject({ description: 'Greets' });
    const variables = { name: 'Ada' };
    expect(await automate.prompts.render(slug, { variables })).toMatchObject({ messages: [{ content: 'Hello Ada' }] });
    expect(await automate.prompts.test(slug, { variables })).toMatchObject({ user_prompt: 'Hello Ada', status: 'rendered' });
    expect(await automate.prompts.metrics(slug)).toEqual({ daily_stats: [], versions: [], recent_failures: [] });
    expect((await automate.prompts.list({ slug })).results).toHaveLength(1);
    expect(await automate.promptSummary.get({ ids: [id] })).toMatchObject({ results: [{ id, latest_run: null, calls: 0 }] });

    const sets = automate.promptTestSets;
    expect((await sets.assertionTypes()).results.map(({ type }) => type)).toContain('contains');
    const cases = [{ name: 'one', variables, assertions: [{ type: 'contains', value: 'Ada' }] }];
    const set = await sets.create({ prompt_id: id, name: 'Greetings', cases });
    expect(await sets.update(set.id, { name: 'All greetings', cases })).toMatchObject({ name: 'All greetings' });
    expect(await sets.partialUpdate(set.id, { description: 'x' })).toMatchObject({ description: 'x' });
    expect(await sets.retrieve(set.id)).toMatchObject({ prompt_id: id });
    expect((await sets.list({ prompt_id: id })).results).toHaveLength(1);
    const run = await automate.promptRuns.create({ test_set_id: set.id });
    await collect(automate.jobs.events(run.id));
    expect(await automate.promptRuns.retrieve(run.id)).toMatchObject({ status: 'succeeded', finished: 1 });
    expect((await automate.promptRuns.results(run.id)).results).toMatchObject([{ name: 'one' }]);
    expect(await automate.promptRuns.compare(run.id, { other_id: run.id })).toMatchObject({ fixed: 0, broken: 0 });
    expect((await automate.promptRuns.list({ test_set_id: set.id })).results).toHaveLength(1);
    expect(await problemOf(automate.promptRuns.cancel(run.id))).toMatchObject({ status: 409, code: 'job_ended' });
    await sets.destroy(set.id);
    await automate.prompts.destroy(slug);
  });

  it('show and change policies', async () => {
    const { data, etag = '' } = await automate.policy.get().withResponse();
    expect(data.effective.retention_days_events).toEqual({ value: 30, source: 'default' });
    expect(await automate.policy.get(undefined, { ifNoneMatch: etag })).toBeUndefined();
    await automate.policy.put({ max_secrets: 50 }, { ifMatch: etag });
    expect(await problemOf(automate.policy.patch({ max_secrets: 60 }, { ifMatch: etag }))).toMatchObject({ status: 412 });
    const id = data.tenant_id;
    await automate.tenantPolicy.put(id, { max_secrets: 70 });
    const beyond = await problemOf(automate.policy.patch({ max_secrets: 80 }));
    expect(beyond).toMatchObject({ status: 422, code: 'policy_beyond_ceiling' });
    const both = await automate.tenantPolicy.patch(id, { max_secrets: 40 });
    expect(both.effective.max_secrets).toEqual({ value: 40, source: 'operator' });
    expect(await automate.tenantPolicy.get(id)).toEqual(both);
  });

  it('decide what executions wait for', async () => {
    const ask = { id: 'ask', type: 'core.approval', config: { title: 'Well?' } };
    const { id } = await automate.workflows.create({ name: 'Asks', graph: { nodes: [ask] } });
    const { execution_id } = await automate.workflows.run(id, {});
    let [waiting] = (await automate.approvals.list({ execution_id })).results;
    for (let tries = 0; !waiting && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      [waiting] = (await automate.approvals.list({ execution_id })).results;
    }
    const approvalId = waiting?.id ?? '';
    expect(await automate.approvals.retrieve(approvalId)).toMatchObject({ title: 'Well?', node: 'ask', execution_id });
    expect(await automate.approvals.decide(approvalId, { decision: 'approved' })).toMatchObject({ decision: 'approved' });
    const again = await problemOf(automate.approvals.decide(approvalId, { decision: 'rejected' }));
    expect(again).toMatchObject({ status: 409, code: 'already_decided' });
    const anyone = recorder.client({ baseUrl: server.url });
    for (const call of [anyone.approvalLink.get('apv_x'), anyone.approvalLink.post('apv_x', { decision: 'approved' })])
      expect(await problemOf(call)).toMatchObject({ status: 404, code: 'approval_not_found' });
  });

  it('send files, and fetch them', async () => {
    const made = await automate.artifacts.create('hello', { contentType: '*/*', query: { name: 'hi.txt' } });
    const { id } = made as { id: string };
    expect(await automate.artifacts.retrieve(id)).toMatchObject({ name: 'hi.txt', bytes: 5, content_type: 'text/plain' });
    expect((await automate.artifacts.list({ origin_kind: 'upload' })).results.map((artifact) => artifact.id)).toContain(id);
    expect(await (await automate.artifactDownload.get(id)).text()).toBe('hello');
    const link = { expires: 1, signature: 'nobody made it' };
    expect(await problemOf(automate.artifactContent.get(id, link))).toMatchObject({ status: 403, code: 'artifact_link_refused' });
    expect((await automate.artifacts.link(id)).url).toContain(id);
    expect(await automate.artifacts.space()).toMatchObject({ limit_bytes: null });
    await automate.artifacts.destroy(id);
    expect(await problemOf(automate.artifacts.retrieve(id))).toMatchObject({ status: 404 });
  });

  it('describe the models', async () => {
    const { apps } = await automate.schema.apps();
    const labels = apps.map((app) => app.app_label);
    expect(labels).toContain('engine');
    expect((await automate.schema.app('engine')).models.map(({ name }) => name)).toContain('Workflow');
  });

  it('take in events: one, a batch, and the same one twice', async () => {
    const event = { event_type: 'client.test', payload: { amount: 1 }, idempotency_key: 'once' };
    const one = await automate.events.create(event);
    const again = await automate.events.create(event);
    expect([one, again]).toMatchObject([{ status: 'accepted' }, { status: 'duplicate' }]);
    expect(again).toMatchObject({ event_id: (one as { event_id: string }).event_id });
    const batch = await automate.events.create(
      [1, 2, 3].map((amount) => ({ ...event, payload: { amount }, idempotency_key: `n${amount}` })),
    );
    expect(batch).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }, { status: 'accepted' }]);
    const listed = await collect(automate.events.iterate({ event_type: 'client.test', limit: 2, ordering: 'id' }));
    expect(listed.map(({ idempotency_key }) => idempotency_key)).toEqual(['once', 'n1', 'n2', 'n3']);
    expect((await automate.events.list({ event_type: 'client.test', count: true })).count).toBe(4);
    expect(await automate.events.retrieve(listed[0]?.id ?? '')).toMatchObject({ payload: { amount: 1 }, source: 'api' });
  });

  it('tell problems apart', async () => {
    const traceId = 'problem-trace';
    const anonymous = recorder.client({ baseUrl: server.url, token: 'wrong' });
    expect(await problemOf(anonymous.workflows.list())).toMatchObject({ status: 401, operation: 'workflow.list' });
    const invalid = await problemOf(
      automate.workflows.create({ name: '', graph: { nodes: [{ id: 'x', type: 'core.nothing' }] } }, { traceId }),
    );
    expect(invalid).toMatchObject({ status: 400, code: 'invalid_input', traceId });
    expect(invalid.errors.map(({ pointer }) => pointer)).toContain('/name');
    const graph = await problemOf(
      automate.workflows.create({ name: 'x', graph: { nodes: [{ id: 'x', type: 'core.nothing' }] } }),
    );
    expect(graph.errors).toMatchObject([{ pointer: '/graph/nodes/0/type', code: 'unknown_node_type' }]);
    expect(await problemOf(automate.workflows.retrieve(NOWHERE))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await problemOf(collect(automate.executions.events(NOWHERE)))).toMatchObject({ status: 404 });
    const unknown = await problemOf(automate.jobs.list({ colour: 'red' } as never));
    expect(unknown.errors).toMatchObject([{ pointer: '/query/colour', code: 'unknown_parameter' }]);
    const limited = recorder.client({ baseUrl: server.url, token: await limitedKey(server) });
    expect((await limited.workflows.list({ limit: 1 })).results).toHaveLength(1);
    expect(await problemOf(limited.workflows.destroy(NOWHERE))).toMatchObject({ status: 403 });
  });

  it('let people in, and keep out who has nothing to show', async () => {
    const anyone = recorder.client({ baseUrl: server.url });
    expect(await anyone.signIn.options()).toEqual({ needs_setup: true, oidc: null, mail: false });
    for (const call of [() => anyone.singleSignOn.start({ next: '/studio/' }), () => anyone.singleSignOn.callback()])
      expect(await problemOf(call())).toMatchObject({ status: 404, code: 'not_found' });
    const [token, password, email] = ['x'.repeat(43), 'correct horse battery staple', 'nobody@example.com'];
    expect(await problemOf(anyone.signIn.signIn({ email, password }))).toMatchObject({ status: 401, code: 'sign_in_failed' });
    for (const call of [
      () => anyone.signIn.setup({ token, email, name: 'Nobody', password }),
      () => anyone.signIn.link({ token }),
      () => anyone.signIn.acceptInvitation({ token, name: 'Nobody', password }),
      () => anyone.signIn.resetPassword({ token, password }),
    ])
      expect(await problemOf(call())).toMatchObject({ status: 400, code: 'link_invalid' });
    expect(await anyone.signIn.requestPasswordReset({ email })).toMatchObject({
      message: expect.stringContaining('If there is'),
    });
    expect(await automate.sessions.session()).toMatchObject({ kind: 'api_key', user: null, tenant: { slug: 'default' } });
    // A key has no session to end and no password to change.
    for (const call of [
      () => automate.sessions.switchTenant({ tenant_id: NOWHERE }),
      () => automate.sessions.signOut(),
      () => automate.sessions.sessions(),
      () => automate.sessions.endSession(NOWHERE),
      () => automate.sessions.password({ current_password: password, new_password: password }),
      () => automate.sessions.twoFactor({ password }),
      () => automate.sessions.confirmTwoFactor({ code: '000000' }),
      () => automate.sessions.disableTwoFactor({ password }),
    ])
      expect(await problemOf(call())).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('manage people and tenants', async () => {
    const made = await automate.users.create({ email: 'ada@example.com', name: 'Ada', role: 'editor' });
    expect(made).toMatchObject({ email: 'ada@example.com', link: expect.stringContaining('/reset-password/#token=') });
    expect((await automate.users.list({ email: 'ada@example.com' })).results).toMatchObject([{ id: made.id }]);
    expect(await automate.users.retrieve(made.id)).toMatchObject({ name: 'Ada' });
    expect(await automate.users.partialUpdate(made.id, { name: 'Ada Lovelace' })).toMatchObject({ name: 'Ada Lovelace' });
    expect((await automate.users.reset(made.id)).link).not.toBe(made.link);
    const [member] = (await automate.members.list({ email: 'ada@example.com' })).results;
    const memberId = member?.id ?? '';
    expect(await automate.members.retrieve(memberId)).toMatchObject({ name: 'Ada Lovelace', role: 'editor' });
    expect(await automate.members.partialUpdate(memberId, { role: 'viewer' })).toMatchObject({ role: 'viewer' });
    expect(await automate.members.destroy(memberId)).toBeUndefined();
    const invitation = await automate.invitations.create({ email: 'grace@example.com', role: 'viewer' });
    expect((await automate.invitations.list({ email: 'grace@example.com' })).results).toHaveLength(1);
    expect(await automate.invitations.destroy(invitation.id)).toBeUndefined();
    expect((await automate.invitations.retrieve(invitation.id)).revoked_at).not.toBeNull();
    const tenant = await automate.tenants.create({ slug: 'another', name: 'Another' });
    expect((await automate.tenants.list({ slug: 'another' })).results).toMatchObject([{ id: tenant.id }]);
    const { tenant: own } = await automate.sessions.session();
    expect(await automate.tenants.retrieve(own.id)).toMatchObject({ slug: 'default' });
    expect((await automate.policyRules.get()).rules.map(({ name }) => name)).toContain('max_members');
    expect((await automate.roles.get()).roles.map(({ name }) => name)).toContain('operator');
    expect((await automate.studioSettings.list()).features.map(({ name }) => name)).toContain('studio');
    for (const call of [automate.studioSettings.testSingleSignOn(), automate.studioSettings.testMail()])
      expect(await problemOf(call)).toMatchObject({ status: 409, code: 'conflict' });
    expect(await automate.tenants.partialUpdate(own.id, { name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
  });

  it('manage keys and secrets, and read what was done', async () => {
    const key = await automate.apiKeys.create({ name: 'made', scopes: ['workflows:read'] });
    expect(key.key).toMatch(/^ak_live_/);
    expect((await automate.apiKeys.list({ search: 'made' })).results).toMatchObject([{ id: key.id }]);
    expect(await automate.apiKeys.partialUpdate(key.id, { name: 'renamed' })).toMatchObject({ name: 'renamed' });
    const next = await automate.apiKeys.rotate(key.id, {});
    expect(next.key).not.toBe(key.key);
    expect(await automate.apiKeys.destroy(next.id)).toBeUndefined();
    expect((await automate.apiKeys.retrieve(next.id)).revoked_at).not.toBeNull();
    const secret = await automate.secrets.create({ name: 'ERP', value: 'a value to keep', hosts: ['erp.example.com'] });
    expect((await automate.secrets.list({ name: 'ERP' })).results).toMatchObject([{ id: secret.id }]);
    expect(await automate.secrets.partialUpdate(secret.id, { hosts: ['*.example.com'] })).toMatchObject({
      hosts: ['*.example.com'],
    });
    expect(JSON.stringify(await automate.secrets.rotate(secret.id, { value: 'a newer value' }))).not.toContain('newer');
    expect(await automate.secrets.retrieve(secret.id)).toMatchObject({ name: 'ERP' });
    expect(await automate.secrets.destroy(secret.id)).toBeUndefined();
    expect((await automate.masterKeys.list()).results.map(({ version }) => version)).toEqual([1]);
    expect(await automate.masterKeys.rotate()).toMatchObject({ version: 2 });
    const [entry] = (await automate.audit.list({ action: 'secret.rotate' })).results;
    expect(await automate.audit.retrieve(entry?.id ?? '')).toMatchObject({ target_id: secret.id });
    expect(await automate.audit.export({ action: 'secret.rotate', format: 'json' })).toMatchObject([{ target_id: secret.id }]);
    expect(await automate.audit.verify()).toMatchObject({ valid: true });
  });

  it('show health, metrics and the documentation to anyone', async () => {
    const anyone = recorder.client({ baseUrl: server.url });
    expect(await anyone.healthLive.get()).toEqual({ status: 'ok' });
    expect(await anyone.healthReady.get()).toMatchObject({ status: 'ok' });
    expect(await (await anyone.metrics.get()).text()).toContain('process_resident_memory_bytes');
    expect(await anyone.openapi.get()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    expect(await (await anyone.docs.get()).text()).toContain('<!doctype html>');
  });
});

describe('every operation of the client', () => {
  it('was called above: add a call where one is missing', () => {
    expect(recorder.missing()).toEqual([]);
  });
});

/** A key of the same tenant that may only look at workflows. */
async function limitedKey({ automate }: TestServer): Promise<string> {
  const { rows } = await automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
  const tenantId = rows[0]?.id ?? '';
  return (await automate.apiKeys.create({ tenantId, name: 'limited', scopes: ['workflows:read'], isStaff: false })).value;
}
