import { expect, test } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { as, createTestServer, OTHER_TENANT, TENANT, workflow, workflowRouter } from '../test-support.ts';

const LIST = '/api/v1/workflows/';

function server(rows = [workflow()]) {
  const made = createTestServer(workflowRouter());
  made.store.rows.push(...rows);
  return made;
}

test('creates, retrieves, replaces, changes and deletes', async () => {
  const { app } = server([]);
  const created = await app.inject({ method: 'POST', url: LIST, headers: as('alice'), payload: { name: 'A', priority: 3 } });
  expect(created.statusCode).toBe(201);
  const row = created.json();
  expect(row).toEqual({ id: row.id, name: 'A', status: 'draft', priority: 3, owner_id: 'alice' });
  const url = created.headers.location as string;
  expect(url).toBe(`${LIST}${row.id}/`);
  expect((await app.inject({ url, headers: as('alice') })).json()).toEqual(row);
  expect((await app.inject({ url: url.slice(0, -1), headers: as('alice') })).json()).toEqual(row);
  const replaced = await app.inject({ method: 'PUT', url, headers: as('alice'), payload: { name: 'B', status: 'active' } });
  expect(replaced.json()).toMatchObject({ name: 'B', status: 'active', priority: 0 });
  // A PATCH leaves alone what it does not name, defaults or not.
  const patched = await app.inject({ method: 'PATCH', url, headers: as('alice'), payload: { priority: 9 } });
  expect(patched.json()).toMatchObject({ name: 'B', status: 'active', priority: 9 });
  const deleted = await app.inject({ method: 'DELETE', url, headers: as('alice') });
  expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
  expect((await app.inject({ url, headers: as('alice') })).statusCode).toBe(404);
});

test('a client cannot assign what createSchema does not name', async () => {
  const { app, store } = server([]);
  const payload = { name: 'A', tenant_id: OTHER_TENANT, owner_id: 'root', id: newId() };
  await app.inject({ method: 'POST', url: LIST, headers: as('alice'), payload });
  expect(store.rows[0]).toMatchObject({ tenant_id: TENANT, owner_id: 'alice' });
  expect(store.rows[0]?.id).not.toBe(payload.id);
});

test("another tenant's row is as unknown as one that is not there", async () => {
  const row = workflow({ tenant_id: OTHER_TENANT });
  const { app } = server([row]);
  const bodies = new Set<string>();
  for (const id of [row.id, newId(), 'abc', '0', '1;SELECT%20pg_sleep(5)', 'a%00b', 'x'.repeat(400)]) {
    const reply = await app.inject({ url: `${LIST}${id}/`, headers: { ...as('alice'), 'x-trace-id': 'same' } });
    expect(reply.statusCode, id.slice(0, 20)).toBe(404);
    if (!id.includes('%00')) bodies.add(reply.body);
  }
  expect(bodies.size).toBe(1);
  for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
    const reply = await app.inject({ method, url: `${LIST}${row.id}/`, headers: as('alice'), payload: { name: 'x' } });
    expect(reply.statusCode, method).toBe(404);
  }
  expect((await app.inject({ url: LIST, headers: as('alice') })).json().results).toEqual([]);
  expect((await app.inject({ url: `${LIST}${row.id}/`, headers: as('mallory') })).statusCode).toBe(200);
});

test('an action on a row gets it loaded, scoped and checked', async () => {
  const [mine, foreign, closed] = [workflow(), workflow({ tenant_id: OTHER_TENANT }), workflow({ owner_id: 'someone-else' })];
  const { app } = server([mine, foreign, closed]);
  const post = (id: string, who = 'alice') =>
    app.inject({ method: 'POST', url: `${LIST}${id}/activate`, headers: as(who), payload: { reason: 'test' } });
  expect((await post(mine.id)).json()).toMatchObject({ id: mine.id, status: 'active' });
  expect((await post(foreign.id)).statusCode).toBe(404);
  const refused = await post(closed.id);
  expect([refused.statusCode, refused.json().code]).toEqual([403, 'forbidden']);
  expect((await post(closed.id, 'staff')).statusCode).toBe(200);
  expect((await app.inject({ url: `${LIST}stats/`, headers: as('alice') })).json()).toEqual({ total: 2 });
});

test('scopes default to the resource and the verb', async () => {
  const { app } = server();
  expect((await app.inject({ url: LIST, headers: as('reader') })).statusCode).toBe(200);
  const reply = await app.inject({ method: 'POST', url: LIST, headers: as('reader'), payload: { name: 'A' } });
  expect(reply.json()).toMatchObject({ status: 403, code: 'forbidden', detail: 'The scope workflows:write is needed for this.' });
});

test('fields limits what comes out', async () => {
  const { app, store } = server();
  const list = await app.inject({ url: `${LIST}?fields=id,name`, headers: as('alice') });
  expect(list.json().results).toEqual([{ id: store.rows[0]?.id, name: 'Nightly' }]);
  const one = await app.inject({ url: `${LIST}${store.rows[0]?.id}/?fields=name`, headers: as('alice') });
  expect(one.json()).toEqual({ name: 'Nightly' });
  const hidden = await app.inject({ url: `${LIST}?fields=tenant_id`, headers: as('alice') });
  expect(hidden.json().errors[0]).toMatchObject({ pointer: '/query/fields/0' });
});
