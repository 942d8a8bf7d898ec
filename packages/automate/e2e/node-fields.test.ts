import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphNode } from '../src/engine/schemas.ts';
import { builtInSteps } from '../src/engine/steps/registry.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge, handleOf, log, nap, once } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

const types = builtInSteps.map(({ type }) => type);

describe.each(databaseKinds)('each field of a node means the same for each step type on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  let does: ReturnType<typeof handleOf>;
  const child = `child-${kind}`;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, {
      environment: {
        AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host,
        AUTOMATE_LEASE_SECONDS: '3',
        AUTOMATE_CODE_STEPS: 'true',
      },
    });
    does = handleOf(server);
    await createWorkflow(server, [nap('nap', 0.3)], [], { slug: child });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const body = { nodes: [nap('nap', 0.2)], edges: [] };
  /** Settings with which a step of each type succeeds, not at once where it can take its time; and the edge by which it leaves. */
  const settings: Record<string, () => { config: object; route?: string }> = {
    'core.log': () => ({ config: { message: 'x' } }),
    'core.transform': () => ({ config: { template: { a: 1 } } }),
    'core.set': () => ({ config: { values: { a: 1 } } }),
    'core.filter': () => ({ config: { condition: true } }),
    'core.code': () => ({ config: { code: 'return 1;' } }),
    'core.sleep': () => ({ config: { seconds: 0.2 } }),
    'core.wait_for_signal': () => ({ config: { name: 'x', timeout_seconds: 0.2 }, route: 'timeout' }),
    'core.wait_for_event': () => ({ config: { event_type: 'never.comes', timeout_seconds: 0.2 }, route: 'timeout' }),
    'core.emit': () => ({ config: { event_type: 'nobody.asked' } }),
    'core.approval': () => ({ config: { title: 'x', timeout_seconds: 0.2 }, route: 'timeout' }),
    'logic.if': () => ({ config: { condition: true } }),
    'logic.switch': () => ({ config: { value: 'a', cases: ['a'] } }),
    'flow.foreach': () => ({ config: { items: [1], body } }),
    'flow.while': () => ({ config: { condition: { '<': [{ var: 'index' }, 1] }, body } }),
    'flow.group': () => ({ config: { body } }),
    'workflow.run': () => ({ config: { workflow: child } }),
    'http.request': () => ({ config: { method: 'POST', url: `${sink.url}/echo` } }),
  };

  it('knows all step types and all fields', () => {
    expect(Object.keys(settings).toSorted()).toEqual(types.toSorted());
    // A new field has to be tried here with each type.
    expect(Object.keys(GraphNode.shape).toSorted()).toEqual(
      [
        'id',
        'type',
        'config',
        'name',
        'position',
        'retry',
        'timeout_seconds',
        'on_error',
        'join',
        'cancel_losers',
        'compensate',
      ].toSorted(),
    );
  });

  it.each(types)('timeout_seconds, retry, on_error, join and cancel_losers of %s', async (type) => {
    const { config } = settings[type]?.() ?? { config: {} };
    const step = {
      id: 'step',
      type,
      config,
      name: 'A step',
      position: { x: 1, y: 2 },
      timeout_seconds: 0.000001,
      retry: { attempts: 3, initial_seconds: 0, retry_on: ['step_timeout'] },
      on_error: 'continue',
      join: 'any',
      cancel_losers: true,
    };
    const nodes = [
      log('quick'),
      nap('never', 600),
      step,
      { id: 'out', type: 'core.transform', config: { template: { why: '{{ steps.step.error.code }}' } } },
    ];
    const edges = [edge('quick', 'step'), edge('never', 'step'), edge('step', 'out')];
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(execution).toMatchObject({ status: 'succeeded', output: { why: 'step_timeout' } });
    expect(stepsOf(execution).step).toMatchObject({ status: 'failed', attempts: 3 });
    expect(stepsOf(execution).never?.status).toBe('cancelled');
  });

  it.each(types)('compensate of %s', async (type) => {
    const { config, route } = settings[type]?.() ?? { config: {} };
    const step = { id: 'step', type, config, compensate: { type: 'core.log', config: { message: 'undone' } } };
    const nodes = [step, callOf(sink)('boom', '/500', once)];
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, [edge('step', 'boom', route)]));
    expect(execution.error).toMatchObject({ node: 'boom' });
    expect(stepsOf(execution)['step#undo']?.status).toBe('succeeded');
  });

  it('leaves nothing behind of the tries that took too long', async () => {
    await createWorkflow(server, [nap('nap', 600)], [], { slug: `sleeper-${kind}` });
    const step = {
      id: 'step',
      type: 'workflow.run',
      config: { workflow: `sleeper-${kind}` },
      timeout_seconds: 0.000001,
      ...once,
    };
    const { id } = await runWorkflow(server, await createWorkflow(server, [step]));
    const children = await does.children(id);
    expect(children).toHaveLength(1);
    for (const { id: left } of children) expect((await waitForExecution(server, left)).status).toBe('cancelled');
  });
});
