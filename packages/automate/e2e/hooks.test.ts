import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { HookListeners, HookName, HookPayloads } from '../src/server/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, waitForExecution } from './support/executions.ts';

type Told = { [Name in HookName]: { name: Name; payload: HookPayloads[Name] } }[HookName];

describe.each(databaseKinds)('hooks on %s', (kind) => {
  let server: TestServer;
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
    'step_completed',
    'step_failed',
    'event_received',
  ];

  beforeAll(async () => {
    server = await createTestServer(kind, {
      hooks: Object.fromEntries(names.map(listen)) as HookListeners,
      environment: { AUTOMATE_LOG_LEVEL: 'silent' },
    });
  });
  afterAll(() => server?.close());

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
    const found = await toldOf(execution.id, 4);
    expect(found.map(({ name }) => name).sort()).toEqual([
      'step_completed',
      'step_completed',
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
    const found = await toldOf(execution.id, 4);
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
    expect((await toldOf(slept.id, 3)).map(({ name }) => name)).toEqual([
      'workflow_started',
      'step_completed',
      'workflow_completed',
    ]);
    const long = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 600 } }]);
    const { executionId } = await server.automate.run(
      (await server.call<{ slug: string }>('GET', `/api/v1/workflows/${long}/`)).body.slug,
    );
    await toldOf(executionId, 1);
    await server.call('POST', `/api/v1/executions/${executionId}/cancel/`);
    await waitForExecution(server, executionId);
    expect((await toldOf(executionId, 2)).map(({ name }) => name)).toEqual(['workflow_started', 'workflow_cancelled']);
  });

  it('tell of events that were taken in, not of duplicates', async () => {
    const event = { event_type: 'told.of', payload: { a: 1 }, idempotency_key: 'told' };
    const first = await server.call<{ event_id: string; trace_id: string }>('POST', '/api/v1/events/', event);
    await server.call('POST', '/api/v1/events/', event);
    await server.call('POST', '/api/v1/events/', { event_type: 'told.last', payload: {} });
    const events = await eventually(
      async () => told.flatMap(({ name, payload }) => (name === 'event_received' ? payload : [])),
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
