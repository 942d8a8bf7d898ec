import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { withContract } from './support/openapi.ts';
import { type Asker, createTenant, keyOf } from './support/tenants.ts';

interface View {
  readonly id: string;
  readonly name: string;
  readonly is_own: boolean;
  readonly is_shared: boolean;
}

describe.each(databaseKinds)('saved views on %s', (kind) => {
  let server: TestServer;
  let ada: Asker;
  let bob: Asker;
  let viewer: Asker;
  beforeAll(async () => {
    server = await withContract(await createTestServer(kind, { hasWorker: false }));
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const scoped = (name: string, scopes: string[]) => keyOf(server, { tenantId, name, isStaff: false, scopes });
    ada = await scoped('ada', ['saved_views:*']);
    bob = await scoped('bob', ['saved_views:*']);
    viewer = await scoped('viewer', ['saved_views:read', 'saved_views:write']);
  });
  afterAll(() => server?.close());

  const make = (who: Asker, more: object = {}) =>
    who.ask('POST', '/api/v1/saved-views/', {
      list: 'executions',
      name: 'Mine',
      search: { status: 'failed', within: 'day' },
      ...more,
    });
  const seenBy = async (who: Asker) => {
    const { body } = await who.ask('GET', '/api/v1/saved-views/?list=executions');
    return (body as { results: View[] }).results;
  };

  it('are one person’s own, unless they are shared in the tenant', async () => {
    const own = (await make(ada)).body as View;
    const shared = (await make(ada, { name: 'Ours', is_shared: true, position: 1 })).body as View;
    expect((await seenBy(ada)).map(({ name, is_own, is_shared }) => [name, is_own, is_shared])).toEqual([
      ['Mine', true, false],
      ['Ours', true, true],
    ]);
    expect((await seenBy(bob)).map(({ id, is_own }) => [id, is_own])).toEqual([[shared.id, false]]);
    const path = (id: string) => `/api/v1/saved-views/${id}/`;
    expect((await bob.ask('GET', path(own.id))).status).toBe(404);
    expect((await bob.ask('PATCH', path(own.id), { name: 'x' })).status).toBe(404);
    expect((await bob.ask('PATCH', path(shared.id), { name: 'x' })).status).toBe(403);
    expect((await bob.ask('DELETE', path(shared.id))).status).toBe(403);
    const stranger = await createTenant(server, `views-${kind}`);
    expect((await stranger.call('GET', path(shared.id))).status).toBe(404);
    expect((await stranger.call<{ results: [] }>('GET', '/api/v1/saved-views/')).body.results).toEqual([]);
    // What is not shared any more is seen by nobody else.
    expect((await ada.ask('PATCH', path(shared.id), { is_shared: false })).status).toBe(200);
    expect(await seenBy(bob)).toEqual([]);
    for (const { id } of [own, shared]) expect((await ada.ask('DELETE', path(id))).status).toBe(204);
  });

  it('are shared by who may', async () => {
    expect((await make(viewer, { is_shared: true })).status).toBe(403);
    const { body } = await make(viewer);
    const path = `/api/v1/saved-views/${(body as View).id}/`;
    expect((await viewer.ask('PATCH', path, { is_shared: true })).status).toBe(403);
    expect((await viewer.ask('PATCH', path, { name: 'Renamed', position: 7 })).body).toMatchObject({ name: 'Renamed' });
  });

  it('take nothing from who was faster', async () => {
    const { body, headers } = await make(ada);
    const path = `/api/v1/saved-views/${(body as View).id}/`;
    const seen = { 'if-match': headers.get('etag') ?? '' };
    expect((await ada.ask('PATCH', path, { name: 'First' }, seen)).status).toBe(200);
    expect((await ada.ask('PATCH', path, { name: 'Second' }, seen)).status).toBe(412);
  });

  it.each([
    { name: '' },
    { name: 'x'.repeat(61) },
    { list: '../executions' },
    { list: 'Executions' },
    { search: { a: { b: 1 } } },
    { search: { a: 'x'.repeat(1_001) } },
    { search: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`k${index}`, 'x'.repeat(900)])) },
    { search: { a: 'a\u0000' } },
    { position: -1 },
    { position: 0.5 },
    { owner: 'user:somebody' },
    { audience: 'all' },
  ])('refuse %j', async (more) => {
    expect((await make(bob, more)).status).toBe(400);
  });

  it('are as many as one can look through', async () => {
    const before = (await seenBy(bob)).length;
    // At once, so that each might count before the others are stored.
    const made = await Promise.all(Array.from({ length: 240 }, () => make(bob, { list: 'jobs' })));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(200 - before);
    const { status, body } = await make(bob);
    expect([status, (body as { code: string }).code]).toEqual([409, 'too_many_views']);
  });
});
