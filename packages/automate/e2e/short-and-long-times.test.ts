import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

const NODE_TIMER_SECONDS = 2_147_483;
const SLEEPS = 15;

describe.each(databaseKinds)('short and long times on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  it.each([1, NODE_TIMER_SECONDS, NODE_TIMER_SECONDS + 1, 2_592_000])('lets a step take %i s', async (timeout_seconds) => {
    const config = { method: 'POST', url: `${sink.url}/echo`, json: { timeout_seconds } };
    const workflow = await createWorkflow(server, [{ id: 'a', type: 'http.request', timeout_seconds, config }]);
    const execution = await runWorkflow(server, workflow);
    expect(execution).toMatchObject({ status: 'succeeded', steps: [{ attempts: 1 }] });
    expect(sink.calls.filter(({ body }) => (body as typeof config.json).timeout_seconds === timeout_seconds)).toHaveLength(1);
  });

  it('lets an execution take longer than a timer can wait, beside a pause as long', async () => {
    const nodes = [
      { id: 'a', type: 'http.request', config: { method: 'POST', url: `${sink.url}/echo`, json: {} } },
      { id: 'far', type: 'core.sleep', config: { seconds: 0 } },
    ];
    const workflow = await createWorkflow(server, nodes, [], { settings: { timeout_seconds: 2_592_000 } });
    expect(await runWorkflow(server, workflow)).toMatchObject({ status: 'succeeded' });
  });

  it('goes on behind a pause as soon as it is over, however short it is', async () => {
    const nodes = Array.from({ length: SLEEPS }, (_, index) => ({
      id: `s${index}`,
      type: 'core.sleep',
      config: { seconds: 0.001 },
    }));
    const edges = nodes.slice(1).map(({ id }, index) => ({ source: `s${index}`, target: id }));
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(execution.status).toBe('succeeded');
    const took = Date.parse(execution.finished_at ?? '') - Date.parse(execution.started_at ?? '');
    // Who looks once a second would need about half a second for each.
    expect(took).toBeLessThan(SLEEPS * 300);
  });
});
