import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Explorer } from '../src/studio/explorer/schemas.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { keyOf } from './support/tenants.ts';

type Opened = z.output<typeof Explorer>;
interface Steps {
  readonly results: readonly { readonly node: string; readonly iteration: number; readonly status: string }[];
  readonly next: string | null;
}

const say = { id: 'say', type: 'core.log', config: { message: '{{ item }}' } };
const loop = {
  id: 'each',
  type: 'flow.foreach',
  config: { items: '{{ event.payload.items }}', concurrency: 10, collect: false, body: { nodes: [say], edges: [] } },
};
const last = { id: 'last', type: 'core.log', config: { message: 'done' } };
const EDGES = [{ source: 'each', target: 'last' }];

describe.each(databaseKinds)('the execution explorer on %s', (kind) => {
  let server: TestServer;
  let workflow: string;
  beforeAll(async () => {
    server = await createTestServer(kind);
    workflow = await createWorkflow(server, [loop, last], EDGES, { name: 'Each' });
  });
  afterAll(() => server?.close());

  const open = async (id: string, query = '') => {
    const { status, body } = await server.call<Opened>('GET', `/api/studio/explorer/${id}/${query}`);
    expect(status).toBe(200);
    return body;
  };
  const run = async (count: number) =>
    (await runWorkflow(server, workflow, { items: Array.from({ length: count }, (_, i) => i) })).id;
  const steps = async (id: string, query: string) =>
    (await server.call<Steps>('GET', `/api/v1/executions/${id}/steps/?${query}`)).body;
  async function asker(...scopes: string[]) {
    const { id } = await server.automate.ensureTenant('default', 'Default');
    return keyOf(server, { tenantId: id, name: 'asker', isStaff: false, scopes });
  }

  it('opens an execution in one reply', async () => {
    const id = await run(3);
    const { body: replay } = await server.call<{ execution_id: string }>('POST', `/api/v1/executions/${id}/replay/`, {});
    const opened = await open(id);
    expect(opened).toMatchObject({
      execution: { id, status: 'succeeded', workflow_version: 1, workflow: { name: 'Each' } },
      workflow: { name: 'Each', published_version: 1, latest_version: 1, is_archived: false },
      graph: { nodes: [{ id: 'each' }, { id: 'last' }], edges: EDGES },
      event: { event_type: 'workflow.run', payload: { items: [0, 1, 2] } },
      is_whole: true,
      step_count: 5,
      links: { replay_of: null, parent: null, children: [], replays: [{ id: replay.execution_id, workflow_name: 'Each' }] },
      may: { cancel: false, signal: false, replay: true, read_raw: true },
    });
    expect(opened.steps).toHaveLength(5);
    expect(opened.nodes).toMatchObject([
      { path: 'each', type: 'flow.foreach', steps: 1, counts: { succeeded: 1 } },
      { path: 'each/say', type: 'core.log', steps: 3, counts: { succeeded: 3 }, attempts: 1 },
      { path: 'last', steps: 1 },
    ]);
    expect(opened.last_seq).toBeGreaterThanOrEqual(Math.max(...opened.steps.map(({ seq }) => seq)));
    expect((await open(replay.execution_id)).links.replay_of).toBe(id);
  });

  it('leaves out the steps of loops where there are many, and hands them out by what one looks for', async () => {
    const id = await run(1_200);
    const opened = await open(id);
    expect([opened.is_whole, opened.step_count]).toEqual([false, 1_202]);
    expect(opened.steps.map(({ node }) => node).toSorted()).toEqual(['each', 'last']);
    expect(opened.nodes[1]).toMatchObject({ path: 'each/say', steps: 1_200, counts: { succeeded: 1_200 } });
    const first = await steps(id, 'within=each&limit=50');
    expect([first.results.length, first.results.every(({ node }) => node === 'each/say')]).toEqual([50, true]);
    const second = await server.call<Steps>('GET', `${first.next}`);
    expect(second.body.results).toHaveLength(50);
    expect((await steps(id, 'node=each/say&iteration=777')).results).toMatchObject([{ node: 'each/say', iteration: 777 }]);
    expect((await steps(id, 'top=true')).results.map(({ node }) => node).toSorted()).toEqual(['each', 'last']);
    expect((await steps(id, 'search=LAST')).results.map(({ node }) => node)).toEqual(['last']);
    expect((await steps(id, 'within=eac')).results).toEqual([]);
    expect((await steps(id, 'search=%25')).results).toEqual([]);
    const { status } = await server.call('GET', `${first.next}`.replace('within=each', 'within=other'));
    expect(status).toBe(400);
  });

  it('takes the turns of a loop in a loop together', async () => {
    const inner = { ...loop, id: 'inner', config: { ...loop.config, items: '{{ item }}' } };
    const outer = { ...loop, id: 'outer', config: { ...loop.config, body: { nodes: [inner], edges: [] } } };
    const nested = await createWorkflow(server, [outer], [], { name: 'Nested' });
    const { id } = await runWorkflow(server, nested, { items: [[1, 2], [3], [4]] });
    const { nodes, steps: all } = await open(id);
    expect(nodes.map(({ path, steps: count }) => [path, count])).toEqual([
      ['outer', 1],
      ['outer/inner', 3],
      ['outer/inner/say', 4],
    ]);
    const deep = all.find(({ node }) => /inner:\d/.test(node))?.node ?? '';
    expect((await steps(id, `within=${encodeURIComponent(deep.slice(0, deep.lastIndexOf('/')))}`)).results[0]?.node).toBe(deep);
  });

  it('takes secrets out, unless they are asked for and may be seen', async () => {
    const { id } = await runWorkflow(server, await createWorkflow(server, [last]), { password: 'hunter22' });
    expect((await open(id)).event?.payload).toEqual({ password: '[redacted]' });
    expect((await open(id, '?raw=true')).event?.payload).toEqual({ password: 'hunter22' });
    const viewer = await asker('executions:read', 'events:read');
    expect((await viewer.ask('GET', `/api/studio/explorer/${id}/?raw=true`)).status).toBe(403);
  });

  it('shows of graph and event only who may read them, and offers nothing that is refused', async () => {
    const id = await run(1);
    const viewer = await asker('executions:read');
    const { body } = await viewer.ask('GET', `/api/studio/explorer/${id}/`);
    expect(body).toMatchObject({
      graph: null,
      event: { event_type: 'workflow.run', payload: null },
      may: { cancel: false, signal: false, replay: false, read_raw: false },
    });
    expect((await (await asker('workflows:read')).ask('GET', `/api/studio/explorer/${id}/`)).status).toBe(403);
  });

  it('knows no execution of another tenant, nor what is no id', async () => {
    const id = await run(1);
    const { id: tenantId } = await server.automate.ensureTenant('other', 'Other');
    const other = await keyOf(server, { tenantId, name: 'other', isStaff: false });
    expect((await other.ask('GET', `/api/studio/explorer/${id}/`)).status).toBe(404);
    expect((await server.call('GET', '/api/studio/explorer/nothing/')).status).toBe(404);
  });
});
