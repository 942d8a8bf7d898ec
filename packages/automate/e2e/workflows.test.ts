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

  it('answers a version that is beyond any with what is wrong', async () => {
    const id = await createWorkflow(server, [log('a')]);
    const version = Number.MAX_SAFE_INTEGER;
    expect((await server.call('POST', `/api/v1/workflows/${id}/publish/`, { version })).status).toBe(400);
    expect((await server.call('POST', `/api/v1/workflows/${id}/run/`, { version })).status).toBe(400);
    const list = await server.call<Problem>('GET', `/api/v1/executions/?workflow_version=${version}&count=true`);
    expect([list.status, list.body.errors?.[0]?.pointer]).toEqual([400, '/query']);
  });
});
