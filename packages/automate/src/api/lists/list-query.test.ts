import { expect, test } from 'vitest';
import { as, createTestServer, workflow, workflowRouter } from '../test-support.ts';

const LIST = '/api/v1/workflows/';

async function list(
  query: string,
  rows = [workflow({ name: 'A', status: 'active', priority: 1 }), workflow({ name: 'B', priority: 2 })],
) {
  const { app, store } = createTestServer(workflowRouter());
  store.rows.push(...rows);
  const reply = await app.inject({ url: `${LIST}?${query}`, headers: as('alice') });
  return { status: reply.statusCode, body: reply.json() };
}

const names = (body: { results: { name: string }[] }) => body.results.map((row) => row.name);

test('filters, searches and orders', async () => {
  expect(names((await list('status=active')).body)).toEqual(['A']);
  expect(names((await list('status_in=active&status_in=draft&ordering=name')).body)).toEqual(['A', 'B']);
  expect(names((await list('status_in=active,draft&ordering=-name')).body)).toEqual(['B', 'A']);
  expect(names((await list('priority=2')).body)).toEqual(['B']);
  expect(names((await list('search=B')).body)).toEqual(['B']);
  expect((await list('count=true&limit=1')).body.count).toBe(2);
});

test('an unknown parameter is refused with the known ones', async () => {
  const { status, body } = await list('sort=-');
  expect(status).toBe(400);
  expect(body.detail).toBe(
    'Unknown query parameter "sort". Known: count, cursor, fields, limit, ordering, priority, search, status, status_in.',
  );
  const known = ['count', 'cursor', 'fields', 'limit', 'ordering', 'priority', 'search', 'status', 'status_in'];
  const message = 'is not a known query parameter';
  expect(body.errors).toEqual([{ pointer: '/query/sort', code: 'unknown_parameter', message, known }]);
});

test.each([
  'limit=1e9',
  'limit=',
  'limit=NaN',
  'limit=0',
  'limit=-1',
  'limit=1.5',
  'limit=0x10',
  'limit=%2010',
  'limit=10&limit=20',
  'limit=99999999999999999999',
  'status=active&status=draft',
  'status=nope',
  'priority=x',
  'count=yes',
  'ordering=-',
  'ordering=tenant_id',
  'ordering=name,-name',
  'page=0',
  'format=../../etc/passwd',
  'include=users.password_hash',
  'search=',
  'search=a%00b',
  'q=%ff%fe',
  'limit=%',
  '__proto__[polluted]=1&constructor[prototype][polluted]=1&filter[__proto__][x]=1',
  '__proto__=1',
  'constructor=1',
  'hasOwnProperty=1',
])('%s is a 400', async (query) => {
  const { status, body } = await list(query);
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: 400, title: expect.any(String), code: expect.any(String), trace_id: expect.any(String) });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a limit over the maximum is refused, not clamped', async () => {
  const { status, body } = await list('limit=201');
  expect(status).toBe(400);
  expect(body.errors).toEqual([{ pointer: '/query/limit', code: 'too_big', message: expect.stringContaining('200') }]);
});
