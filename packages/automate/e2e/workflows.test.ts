import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { withContract } from './support/openapi.ts';

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: { pointer: string; code: string; message: string }[];
}

const log = (id: string) => ({ id, type: 'core.log', config: { message: 'hello' } });

describe.each(databaseKinds)('workflows on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
  });
  afterAll(() => server?.close());

  it('creates, shows, changes, publishes an earlier version, pauses and archives', async () => {
    const created = await server.call<{ id: string; slug: string; workflow_version: number; message: string }>(
      'POST',
      '/api/v1/workflows/',
      {
        name: 'Größe: Order intake!',
        graph: { nodes: [log('a')], edges: [] },
        triggers: [{ type: 'event', event_type: 'order.*' }],
      },
    );
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ slug: 'gro-e-order-intake', workflow_version: 1 });
    expect(created.headers.get('location')).toBe(`/api/v1/workflows/${created.body.id}/`);
    const path = `/api/v1/workflows/${created.body.id}/`;

    const shown = await server.call('GET', path);
    expect(shown.body).toMatchObject({
      is_live: true,
      workflow_version: 1,
      triggers: [{ type: 'event', event_type: 'order.*', priority: 0, is_active: true }],
    });
    expect((await server.call('GET', path.slice(0, -1))).status).toBe(200);

    const changed = await server.call('PUT', path, { name: 'Orders', graph: { nodes: [log('a'), log('b')], edges: [] } });
    expect(changed.body).toMatchObject({
      name: 'Orders',
      workflow_version: 2,
      latest_version: 2,
      triggers: [{ event_type: 'order.*' }],
    });

    const versions = await server.call<{ results: { version: number; graph: { nodes: unknown[] } }[] }>(
      'GET',
      `${path}versions/`,
    );
    expect(versions.body.results.map(({ version, graph }) => [version, graph.nodes.length])).toEqual([
      [2, 2],
      [1, 1],
    ]);

    const published = await server.call('POST', `${path}publish/`, { version: 1 });
    expect(published.body).toMatchObject({ workflow_version: 1, latest_version: 2 });
    expect((await server.call<Problem>('POST', `${path}publish/`, { version: 9 })).body.code).toBe('workflow_version_not_found');
    expect((await server.call('PUT', path, { name: 'Orders', graph: { nodes: [log('c')], edges: [] } })).body).toMatchObject({
      workflow_version: 3,
    });

    expect((await server.call('PATCH', path, { is_live: false })).body).toMatchObject({ is_live: false });
    expect((await server.call('DELETE', path)).status).toBe(204);
    expect((await server.call('GET', path)).body).toMatchObject({ is_live: false });
    expect((await server.call('POST', `${path}run/`, {})).status).toBe(409);
    expect((await server.call('POST', `${path}publish/`, { version: 1 })).status).toBe(409);
    expect((await server.call('PATCH', path, { is_live: true })).status).toBe(409);
    expect((await server.call('PUT', path, { name: 'Orders', graph: { nodes: [log('a')], edges: [] } })).status).toBe(409);
  });

  it('makes slugs that do not collide, and refuses one that was asked for and is taken', async () => {
    const graph = { nodes: [log('a')], edges: [] };
    const slugs = [];
    for (let count = 0; count < 3; count += 1) {
      slugs.push((await server.call<{ slug: string }>('POST', '/api/v1/workflows/', { name: 'Same name', graph })).body.slug);
    }
    expect(slugs).toEqual(['same-name', 'same-name-2', 'same-name-3']);
    const taken = await server.call<Problem>('POST', '/api/v1/workflows/', { name: 'Other', slug: 'same-name', graph });
    expect([taken.status, taken.body.code]).toEqual([409, 'slug_taken']);
  });

  it('runs an earlier version on request', async () => {
    const say = (word: string) => [{ id: 'say', type: 'core.transform', config: { template: { word } } }];
    const id = await createWorkflow(server, say('one'));
    await server.call('PUT', `/api/v1/workflows/${id}/`, { name: 'Test', graph: { nodes: say('two'), edges: [] } });
    const started = await server.call<{ workflow_version: number }>('POST', `/api/v1/workflows/${id}/run/`, { version: 1 });
    expect(started.body.workflow_version).toBe(1);
    expect((await runWorkflow(server, id)).output).toEqual({ word: 'two' });
  });

  it.each([
    ['unknown node type', { nodes: [{ id: 'x', type: 'core.nothing' }] }, '/graph/nodes/0/type', 'unknown_node_type', '"x"'],
    [
      'dangling source',
      { nodes: [log('a')], edges: [{ source: 'ghost', target: 'a' }] },
      '/graph/edges/0/source',
      'dangling_edge',
      '"ghost"',
    ],
    [
      'dangling target',
      { nodes: [log('a')], edges: [{ source: 'a', target: 'ghost' }] },
      '/graph/edges/0/target',
      'dangling_edge',
      '"ghost"',
    ],
    ['self loop', { nodes: [log('a')], edges: [{ source: 'a', target: 'a' }] }, '/graph/nodes/0', 'cycle', '"a"'],
    [
      'cycle',
      {
        nodes: [log('a'), log('b'), log('c')],
        edges: [
          { source: 'a', target: 'b' },
          { source: 'b', target: 'c' },
          { source: 'c', target: 'b' },
        ],
      },
      '/graph/nodes/1',
      'cycle',
      'b → c → b',
    ],
    [
      'unreachable nodes',
      {
        nodes: [log('a'), log('b'), log('c')],
        edges: [
          { source: 'b', target: 'c' },
          { source: 'c', target: 'b' },
        ],
      },
      '/graph/nodes/1',
      'unreachable_node',
      '"b"',
    ],
    ['duplicate id', { nodes: [log('a'), log('a')] }, '/graph/nodes/1/id', 'duplicate_node', '"a"'],
    [
      'duplicate edge',
      {
        nodes: [log('a'), log('b')],
        edges: [
          { source: 'a', target: 'b' },
          { source: 'a', target: 'b' },
        ],
      },
      '/graph/edges/1',
      'duplicate_edge',
      '"a"',
    ],
    [
      'bad configuration',
      { nodes: [{ id: 'nap', type: 'core.sleep', config: { seconds: -1 } }] },
      '/graph/nodes/0/config',
      'invalid_config',
      '"nap"',
    ],
    [
      'unknown setting',
      { nodes: [{ id: 'l', type: 'core.log', config: { message: 'x', colour: 'red' } }] },
      '/graph/nodes/0/config',
      'invalid_config',
      '"l"',
    ],
    [
      '30,000 years of sleep',
      { nodes: [{ id: 'nap', type: 'core.sleep', config: { seconds: 1e12 } }] },
      '/graph/nodes/0/config',
      'invalid_config',
      '"nap"',
    ],
    [
      'bad template',
      { nodes: [{ id: 'l', type: 'core.log', config: { message: '{{ oops' } }] },
      '/graph/nodes/0/config/message',
      'template_invalid',
      '"l"',
    ],
    [
      'bad rule',
      { nodes: [{ id: 'i', type: 'logic.if', config: { condition: { explode: [1] } } }] },
      '/graph/nodes/0/config/condition',
      undefined,
      '"i"',
    ],
    [
      'bad address',
      { nodes: [{ id: 'h', type: 'http.request', config: { url: 'file:///etc/passwd' } }] },
      '/graph/nodes/0/config/url',
      'invalid_url',
      '"h"',
    ],
    [
      'route that is never taken',
      { nodes: [log('a'), log('b')], edges: [{ source: 'a', target: 'b', condition: 'true' }] },
      '/graph/edges/0/condition',
      'unknown_route',
      '"a"',
    ],
    ['no nodes', { nodes: [] }, '/graph/nodes', undefined, ''],
    ['odd id', { nodes: [{ id: 'a b', type: 'core.log' }] }, '/graph/nodes/0/id', undefined, ''],
    ['reserved id', { nodes: [{ id: 'constructor', type: 'core.log' }] }, '/graph/nodes/0/id', undefined, ''],
    ['text for nodes', { nodes: 'x' }, '/graph/nodes', undefined, ''],
  ])('refuses a graph with %s', async (_name, graph, pointer, code, named) => {
    const reply = await server.call<Problem>('POST', '/api/v1/workflows/', { name: 'Bad', graph: { edges: [], ...graph } });
    expect(reply.status).toBe(400);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    const issue = reply.body.errors?.find(
      (error) => error.pointer.startsWith(pointer) && (code === undefined || error.code === code),
    );
    expect(issue, JSON.stringify(reply.body)).toBeDefined();
    expect(issue?.message).toContain(named);
  });

  it('finds everything that is wrong at once', async () => {
    const graph = {
      nodes: [
        { id: 'a', type: 'nope' },
        { id: 'b', type: 'core.log', config: {} },
      ],
      edges: [{ source: 'a', target: 'z' }],
    };
    const reply = await server.call<Problem>('POST', '/api/v1/workflows/', { name: 'Bad', graph });
    expect(reply.body.errors?.map((error) => error.code).sort()).toEqual([
      'dangling_edge',
      'invalid_config',
      'unknown_node_type',
    ]);
  });

  it.each([
    [{ type: 'schedule', config: { cron: '* * * * *' } }, '/triggers/0/type'],
    [{ type: 'event' }, '/triggers/0/event_type'],
    [{ type: 'event', event_type: '*.created' }, '/triggers/0/event_type'],
    [{ type: 'rocket', event_type: 'a' }, '/triggers/0/type'],
    [{ type: 'event', event_type: 'a', filter: { nope: [] } }, '/triggers/0/filter'],
    [{ type: 'event', event_type: 'a', filter: { '==': [{ var: '__proto__.x' }, 1] } }, '/triggers/0/filter'],
    [{ type: 'event', event_type: 'a', priority: 1_000 }, '/triggers/0/priority'],
  ])('refuses the trigger %j', async (trigger, pointer) => {
    const reply = await server.call<Problem>('POST', '/api/v1/workflows/', {
      name: 'Bad',
      graph: { nodes: [log('a')], edges: [] },
      triggers: [trigger],
    });
    expect(reply.status).toBe(400);
    expect(
      reply.body.errors?.some((error) => error.pointer.startsWith(pointer)),
      JSON.stringify(reply.body),
    ).toBe(true);
  });

  it('lists with filters, search, order and cursors', async () => {
    for (const name of ['Alpha', 'Beta', 'Gamma']) await createWorkflow(server, [log('a')], [], { name: `List ${name}` });
    type Page = { results: { name: string }[]; next: string | null; previous: string | null; count?: number };
    const first = await server.call<Page>('GET', '/api/v1/workflows/?search=list&ordering=name&limit=2&count=true');
    expect(first.body.results.map(({ name }) => name)).toEqual(['List Alpha', 'List Beta']);
    expect(first.body.count).toBe(3);
    const second = await server.call<Page>('GET', first.body.next ?? '');
    expect(second.body.results.map(({ name }) => name)).toEqual(['List Gamma']);
    expect(second.body.next).toBeNull();
    const back = await server.call<Page>('GET', second.body.previous ?? '');
    expect(back.body.results.map(({ name }) => name)).toEqual(['List Alpha', 'List Beta']);
    const unknown = await server.call<Problem>('GET', '/api/v1/workflows/?colour=red');
    expect(unknown.status).toBe(400);
    expect(JSON.stringify(unknown.body)).toContain('is_live');
    expect((await server.call('GET', '/api/v1/workflows/?cursor=garbage')).status).toBe(400);
  });

  it('changes a workflow only as the client has seen it', async () => {
    const path = `/api/v1/workflows/${await createWorkflow(server, [log('a')], [], { name: 'Tagged' })}/`;
    const shown = await server.call('GET', path);
    const tag = shown.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[0-9a-f]{40}"$/);
    expect((await server.call('GET', path, undefined, { 'if-none-match': tag })).status).toBe(304);
    const changes = [1, 2, 3, 4].map((number) =>
      server.call('PUT', path, { name: `Tagged ${number}`, graph: { nodes: [log('a')] } }, { 'if-match': tag }),
    );
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 412, 412, 412]);
    expect((await server.call('DELETE', path, undefined, { 'if-match': tag })).status).toBe(412);
    const now = (await server.call<{ latest_version: number }>('GET', path)).body;
    expect(now.latest_version).toBe(2);
    expect((await server.call('PATCH', path, { is_live: false }, { 'if-match': '*' })).status).toBe(200);
  });

  it('moves workflows to another installation, and back, by their slugs', async () => {
    const names = ['Moved one', 'Moved two'];
    for (const name of names)
      await createWorkflow(server, [log('a')], [], { name, triggers: [{ type: 'event', event_type: 'moved.*' }] });
    type Portable = { name: string; slug: string; graph: { nodes: object[] }; triggers: object[]; is_live: boolean };
    type Report = { applied: boolean; results: { status: string; id: string | null; errors: { pointer: string }[] }[] };
    const exported = await server.call<Portable[]>('GET', '/api/v1/workflows/export/?slug_in=moved-one,moved-two');
    expect(exported.body.map(({ name }) => name)).toEqual(names);
    const put = async (body: unknown, query = '') =>
      (await server.call<Report>('POST', `/api/v1/workflows/import/${query}`, body)).body;
    const statuses = (report: Report) => [report.applied, ...report.results.map(({ status }) => status)];
    expect(statuses(await put(exported.body))).toEqual([false, 'unchanged', 'unchanged']);
    const [first, second] = exported.body as [Portable, Portable];
    const edited = [
      { ...first, graph: { nodes: [log('a'), log('b')], edges: [] } },
      { ...second, slug: 'moved-three' },
    ];
    expect(statuses(await put(edited, '?dry_run=true'))).toEqual([false, 'updated', 'created']);
    expect((await server.call<{ results: object[] }>('GET', '/api/v1/workflows/?slug=moved-three')).body.results).toEqual([]);
    const bad = await put([...edited, { name: 'Bad', graph: { nodes: [{ id: 'x', type: 'no.such' }] } }]);
    expect(statuses(bad)).toEqual([false, 'updated', 'created', 'failed']);
    expect(bad.results[2]?.errors[0]?.pointer).toBe('/graph/nodes/0/type');
    const stored = await put(edited);
    expect(statuses(stored)).toEqual([true, 'updated', 'created']);
    expect((await server.call('GET', `/api/v1/workflows/${stored.results[0]?.id}/`)).body).toMatchObject({
      workflow_version: 2,
      triggers: [{ event_type: 'moved.*' }],
      graph: { nodes: [{ id: 'a' }, { id: 'b' }] },
    });
  });

  it('shows executions with their workflow, event and steps, at a query for each', async () => {
    const id = await createWorkflow(server, [log('a')], [], { name: 'Expanded' });
    for (const number of [1, 2, 3]) await runWorkflow(server, id, { number, password: 'hunter2' });
    const counted = countQueries(server);
    type Row = { workflow: { name: string }; event: { payload: object }; steps: { node: string }[] };
    const path = `/api/v1/executions/?workflow_id=${id}`;
    const plain = await counted(() => server.call(`GET`, path));
    const expanded = await counted(() => server.call<{ results: Row[] }>('GET', `${path}&expand=workflow,event,steps`));
    expect(expanded.queries - plain.queries).toBe(3);
    expect(expanded.reply.body.results).toHaveLength(3);
    for (const row of expanded.reply.body.results) {
      expect(row).toMatchObject({ workflow: { name: 'Expanded' }, steps: [{ node: 'a' }] });
      expect(JSON.stringify(row)).not.toContain('hunter2');
    }
    expect((await server.call('GET', `${path}&expand=secrets`)).status).toBe(400);
  });

  it('answers a version that is beyond any with what is wrong', async () => {
    const id = await createWorkflow(server, [log('a')]);
    const version = Number.MAX_SAFE_INTEGER;
    expect((await server.call('POST', `/api/v1/workflows/${id}/publish/`, { version })).status).toBe(400);
    expect((await server.call('POST', `/api/v1/workflows/${id}/run/`, { version })).status).toBe(400);
    const list = await server.call<Problem>('GET', `/api/v1/executions/?workflow_version=${version}&count=true`);
    expect([list.status, list.body.errors?.[0]?.pointer]).toEqual([400, '/query']);
  });
});

/** How many statements of tenants a call costs. */
function countQueries(server: TestServer) {
  const { db } = server.automate;
  const asTenant = db.asTenant.bind(db);
  return async <Result>(call: () => Promise<Result>): Promise<{ reply: Result; queries: number }> => {
    let queries = 0;
    db.asTenant = (tenantId, work) =>
      asTenant(tenantId, (transaction) => {
        queries += 1;
        return work(transaction);
      });
    const reply = await call();
    db.asTenant = asTenant;
    return { reply, queries };
  };
}
