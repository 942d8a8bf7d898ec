import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { HookListeners, HookName, HookPayloads } from '../src/server/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, waitForExecution } from './support/executions.ts';
import { loseJob } from './support/lost-job.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

type Told = { [Name in HookName]: { name: Name; payload: HookPayloads[Name] } }[HookName];

describe.each(databaseKinds)('hooks on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  const told: Told[] = [];
  const listen = <Name extends HookName>(name: Name) => [
    name,
    (payload: HookPayloads[Name]) => void told.push({ name, payload } as Told),
  ];
  const names: HookName[] = [
    'workflow_started',
    'workflow_completed',
    'workflow_failed',
    'workflow_cancelled',
    'step_started',
    'step_completed',
    'step_failed',
    'event_received',
  ];

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, {
      hooks: Object.fromEntries(names.map(listen)) as HookListeners,
      environment: { AUTOMATE_LOG_LEVEL: 'silent', AUTOMATE_LEASE_SECONDS: '1', AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host },
    });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const toldOf = (executionId: string, count: number) =>
    eventually(
      async () => told.filter(({ payload }) => 'executionId' in payload && payload.executionId === executionId),
      (found) => found.length >= count,
    );

  it('tell of an execution and its steps, redacted', async () => {
    const template = { total: 3, password: 'hunter2-hunter2', authorization: 'Bearer abcdefghijklmnop' };
    const id = await createWorkflow(
      server,
      [
        { id: 'make', type: 'core.transform', config: { template } },
        { id: 'say', type: 'core.log', config: { message: 'done' } },
      ],
      [{ source: 'make', target: 'say' }],
      { slug: 'told', name: 'Told' },
    );
    const execution = await runWorkflow(server, id);
    const found = await toldOf(execution.id, 6);
    expect(found.map(({ name }) => name).sort()).toEqual([
      'step_completed',
      'step_completed',
      'step_started',
      'step_started',
      'workflow_completed',
      'workflow_started',
    ]);
    const about = {
      executionId: execution.id,
      workflow: { id, slug: 'told', version: 1 },
      traceId: execution.trace_id,
      eventId: execution.event_id,
    };
    for (const { payload } of found) expect(payload).toMatchObject(about);
    const make = found.flatMap(({ name, payload }) =>
      name === 'step_completed' && payload.step.node === 'make' ? payload : [],
    )[0];
    expect(make).toMatchObject({ step: { node: 'make', iteration: 0, type: 'core.transform', attempts: 1 } });
    expect(make?.output).toMatchObject({ total: 3 });
    expect(JSON.stringify(found)).not.toMatch(/hunter2|abcdefghijklmnop/);
    const end = found.flatMap(({ name, payload }) => (name === 'workflow_completed' ? payload : []))[0];
    expect(end?.output).toEqual({ message: 'done' });
    expect(end?.durationMs).toBe(Number(end?.finishedAt) - Number(end?.startedAt));
  });

  it('tell why something failed, and whether it went on', async () => {
    const bad = { type: 'core.sleep', config: { seconds: 'x{{ 1 }}' } };
    const id = await createWorkflow(
      server,
      [
        { id: 'first', ...bad },
        { id: 'second', ...bad },
      ],
      [{ source: 'first', target: 'second', condition: 'error' }],
    );
    const execution = await runWorkflow(server, id);
    const found = await toldOf(execution.id, 6);
    const failed = found.flatMap(({ name, payload }) => (name === 'step_failed' ? payload : []));
    expect(failed.map(({ step, isHandled, error }) => [step.node, isHandled, error?.code])).toEqual([
      ['first', true, 'invalid_sleep'],
      ['second', false, 'invalid_sleep'],
    ]);
    expect(found.find(({ name }) => name === 'workflow_failed')?.payload).toMatchObject({ error: { node: 'second' } });
  });

  it('tell of a cancelled execution, and start it only once although it was parked', async () => {
    const id = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 0.4 } }]);
    const slept = await runWorkflow(server, id);
    expect((await toldOf(slept.id, 4)).map(({ name }) => name)).toEqual([
      'workflow_started',
      'step_started',
      'step_completed',
      'workflow_completed',
    ]);
    const long = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 600 } }]);
    const { executionId } = await server.automate.run(
      (await server.call<{ slug: string }>('GET', `/api/v1/workflows/${long}/`)).body.slug,
    );
    await toldOf(executionId, 2);
    await server.call('POST', `/api/v1/executions/${executionId}/cancel/`);
    await waitForExecution(server, executionId);
    expect((await toldOf(executionId, 3)).map(({ name }) => name)).toEqual([
      'workflow_started',
      'step_started',
      'workflow_cancelled',
    ]);
  });

  it('tell of the start of a step once, however often it is tried, and of what undoes it', async () => {
    const call = (path: string) => ({ type: 'http.request', config: { method: 'POST', url: `${sink.url}/${path}` } });
    const id = await createWorkflow(
      server,
      [
        { id: 'book', ...call('200'), compensate: call('201') },
        { id: 'pay', ...call('503'), retry: { attempts: 2, initial_seconds: 0.1, jitter: false } },
      ],
      [{ source: 'book', target: 'pay' }],
    );
    const execution = await runWorkflow(server, id);
    const found = await toldOf(execution.id, 8);
    const stepsOf = (hook: HookName) =>
      found.flatMap(({ name, payload }) => (name === hook && 'step' in payload ? payload.step : []));
    expect(stepsOf('step_started').map(({ node, attempts }) => [node, attempts])).toEqual([
      ['book', 1],
      ['pay', 1],
      ['book#undo', 1],
    ]);
    expect(stepsOf('step_failed')).toMatchObject([{ node: 'pay', attempts: 2 }]);
    const started = found.find(({ name }) => name === 'step_started')?.payload;
    expect(started).toMatchObject({ workflow: { id }, eventId: execution.event_id, startedAt: expect.any(Date) });
  });

  it('tell that an execution was given up, since its workers died', async () => {
    const id = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 600 } }]);
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {});
    const executionId = started.body.execution_id;
    await eventually(
      async () => (await server.call<{ state: string }>('GET', `/api/v1/jobs/${executionId}/`)).body.state,
      (state) => state === 'scheduled',
    );
    await loseJob(server.automate.db, executionId);
    const execution = await waitForExecution(server, executionId);
    const [told] = (await toldOf(executionId, 3)).flatMap(({ name, payload }) => (name === 'workflow_failed' ? payload : []));
    expect(told).toMatchObject({
      executionId,
      workflow: { id, version: 1 },
      traceId: execution.trace_id,
      eventId: execution.event_id,
      error: { code: 'worker_died' },
      startedAt: new Date(execution.started_at ?? ''),
      finishedAt: new Date(execution.finished_at ?? ''),
    });
  });

  it('tell of emitted events once their transaction has committed, and of no others', async () => {
    const { automate } = server;
    const mark = `emitted.${kind}`;
    const toldNow = () =>
      told.flatMap(({ name, payload }) => (name === 'event_received' && payload.type === mark ? payload : []));
    const emit = (transaction: Parameters<typeof automate.emit>[0], n: number) =>
      automate.emit(transaction, { type: mark, payload: { n }, source: `host-${n}`, idempotencyKey: `${mark}-${n}` });
    const rolledBack = automate.db.transaction(async (transaction) => {
      await emit(transaction, 1);
      throw new Error('never mind');
    });
    await expect(rolledBack).rejects.toThrow('never mind');
    const first = await automate.db.transaction(async (transaction) => {
      const receipt = await emit(transaction, 2);
      await transaction.query('savepoint inner_one');
      await emit(transaction, 3);
      await transaction.query('rollback to savepoint inner_one');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(toldNow()).toEqual([]);
      return receipt;
    });
    await automate.db.transaction((transaction) => emit(transaction, 2));
    const last = await automate.db.transaction((transaction) => emit(transaction, 4));
    const all = await eventually(
      async () => toldNow(),
      (found) => found.length >= 2,
    );
    expect(all.map(({ source, eventId, traceId }) => [source, eventId, traceId])).toEqual([
      ['host-2', first.eventId, first.traceId],
      ['host-4', last.eventId, last.traceId],
    ]);
  });

  it('tell of events that were taken in, not of duplicates', async () => {
    const event = { event_type: 'told.of', payload: { a: 1 }, idempotency_key: 'told' };
    const first = await server.call<{ event_id: string; trace_id: string }>('POST', '/api/v1/events/', event);
    await server.call('POST', '/api/v1/events/', event);
    await server.call('POST', '/api/v1/events/', { event_type: 'told.last', payload: {} });
    const events = await eventually(
      async () => told.flatMap(({ name, payload }) => (name === 'event_received' && payload.source === 'api' ? payload : [])),
      (found) => found.some(({ type }) => type === 'told.last'),
    );
    expect(events.map(({ type }) => type)).toEqual(['told.of', 'told.last']);
    expect(events[0]).toMatchObject({ eventId: first.body.event_id, source: 'api', traceId: first.body.trace_id });
  });

  it('disturb nobody: one that throws, one that hangs, one that is slow', async () => {
    const stops = [
      server.automate.hooks.on('workflow_completed', () => {
        throw new Error('thrown');
      }),
      server.automate.hooks.on('workflow_completed', async () => {
        throw new Error('rejected');
      }),
      server.automate.hooks.on('step_completed', () => new Promise<void>(() => undefined)),
    ];
    const heard: string[] = [];
    stops.push(server.automate.hooks.on('workflow_completed', ({ executionId }) => void heard.push(executionId)));
    const id = await createWorkflow(server, [{ id: 'say', type: 'core.log', config: { message: 'x' } }], [], {
      slug: 'undisturbed',
      name: 'x',
    });
    const first = await runWorkflow(server, id);
    const second = await runWorkflow(server, id);
    await eventually(
      async () => heard,
      (found) => found.length === 2,
    );
    expect(heard).toEqual([first.id, second.id]);
    for (const stop of stops) stop();
    await runWorkflow(server, id);
    expect(heard).toHaveLength(2);
  });

  it('hold no more than a bounded queue for a listener that hangs', async () => {
    let calls = 0;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const stop = server.automate.hooks.on('event_received', () => {
      calls += 1;
      return gate;
    });
    const batch = Array.from({ length: 1_000 }, () => ({ event_type: 'many.events', payload: {} }));
    for (let round = 0; round < 2; round += 1) await server.call('POST', '/api/v1/events/', batch);
    go();
    await eventually(
      async () => calls,
      (count) => count > 1_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(calls).toBeLessThanOrEqual(1_001);
    stop();
  });

  it('are typed', () => {
    expectTypeOf<Parameters<HookListeners['workflow_failed']>[0]['error']>().toEqualTypeOf<
      HookPayloads['workflow_failed']['error']
    >();
    // @ts-expect-error there is no such hook
    expect(() => server.automate.hooks.on('nothing', () => undefined)()).not.toThrow();
  });
});
