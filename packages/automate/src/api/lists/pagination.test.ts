import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiRouter, BaseViewSet, type Context, type Page, PageQuery, pageOf, paginate } from '../index.ts';
import { as, createTestServer, workflow, workflowRouter } from '../test-support.ts';

const LIST = '/api/v1/workflows/';

function server(count: number) {
  const made = createTestServer(workflowRouter());
  // Three priorities for many rows: every page border falls between ties.
  for (let index = 0; index < count; index += 1) made.store.rows.push(workflow({ priority: index % 3, name: `w${index}` }));
  const get = async (url: string) => (await made.app.inject({ url, headers: as('alice') })).json();
  return { ...made, get };
}

test.each(['ordering=priority', 'ordering=-priority', 'ordering=priority,-name', ''])(
  'walks every row once, forward and back: %s',
  async (query) => {
    const { get } = server(11);
    const whole = (await get(`${LIST}?${query}&limit=200`)).results;
    const pages = [];
    let page = await get(`${LIST}?${query}&limit=4`);
    for (;;) {
      pages.push(page);
      if (!page.next) break;
      page = await get(page.next);
    }
    expect(pages.map((each) => each.results.length)).toEqual([4, 4, 3]);
    expect(pages.flatMap((each) => each.results)).toEqual(whole);
    expect(pages[0].previous).toBeNull();
    const back = await get(pages[2].previous);
    expect(back.results).toEqual(pages[1].results);
    const first = await get(back.previous);
    expect(first.results).toEqual(pages[0].results);
    expect(first.previous).toBeNull();
    expect((await get(first.next)).results).toEqual(pages[1].results);
  },
);

test('links keep the other parameters and the path', async () => {
  const { get } = server(5);
  const page = await get(`${LIST}?limit=2&status=draft&ordering=name&search=w`);
  const next = new URL(page.next, 'http://host');
  expect(next.pathname).toBe(LIST);
  expect(Object.fromEntries(next.searchParams)).toEqual({
    status: 'draft',
    ordering: 'name',
    search: 'w',
    limit: '2',
    cursor: expect.stringMatching(/^[\w-]+$/),
  });
});

test('links keep the commas of lists as they were written', async () => {
  const { get } = server(5);
  const page = await get(`${LIST}?limit=2&fields=id,name&search=a%2Cb%20w&ordering=name`);
  expect(page.next).toBeNull();
  const { next } = await get(`${LIST}?fields=id,name&limit=2&ordering=-name,priority`);
  expect(next).toMatch(/\?fields=id,name&ordering=-name,priority&cursor=[\w-]+&limit=2$/);
  expect((await get(next)).results.map(Object.keys)).toEqual([
    ['id', 'name'],
    ['id', 'name'],
  ]);
});

test('a page whose rows have gone leads back to those that are there', async () => {
  const { get, store } = server(25);
  const first = await get(`${LIST}?limit=10&ordering=name`);
  const kept = first.results.map(({ id }: { id: string }) => id);
  store.rows.splice(0, store.rows.length, ...store.rows.filter(({ id }) => kept.includes(id)));
  const emptied = await get(first.next);
  expect(emptied).toMatchObject({ results: [], next: null, previous: expect.any(String) });
  const back = await get(emptied.previous);
  expect(back).toEqual({ results: first.results, next: null, previous: null });
});

test('and one that was gone back to leads forth to the first', async () => {
  const { get, store } = server(25);
  const first = await get(`${LIST}?limit=10&ordering=name`);
  const second = await get(first.next);
  const gone = first.results.map(({ id }: { id: string }) => id);
  store.rows.splice(0, store.rows.length, ...store.rows.filter(({ id }) => !gone.includes(id)));
  const emptied = await get(second.previous);
  expect(emptied).toMatchObject({ results: [], next: expect.any(String), previous: null });
  const forth = await get(emptied.next);
  expect([forth.results, forth.previous]).toEqual([second.results, null]);
  store.rows.splice(0);
  const nothing = await get(second.next);
  expect(await get(nothing.previous)).toEqual({ results: [], next: null, previous: null });
});

test('a cursor that was not given out is refused', async () => {
  const { app, get } = server(5);
  const { next } = await get(`${LIST}?limit=2&ordering=priority`);
  const cursor = new URL(next, 'http://host').searchParams.get('cursor') as string;
  const wire = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bad = [
    'garbage',
    'eyJpZCI6IjEnIE9SIDE9MSJ9',
    'eyJfX3Byb3RvX18iOnt9fQ',
    '%20',
    forge({ ...wire, v: ["1' OR 1=1", wire.v[1]] }),
    forge({ ...wire, v: [0, 'not-a-uuid'] }),
    forge({ ...wire, v: [0] }),
    forge({ ...wire, x: 1 }),
    forge({ ...wire, v: [{ a: 1 }, wire.v[1]] }),
    forge(null),
    'A'.repeat(9_000),
  ];
  for (const text of bad) {
    const reply = await app.inject({ url: `${LIST}?ordering=priority&cursor=${text}`, headers: as('alice') });
    expect([reply.statusCode, text.slice(0, 40)]).toEqual([400, text.slice(0, 40)]);
  }
  for (const query of ['ordering=-priority', 'ordering=priority&status=draft', 'ordering=priority&search=w']) {
    const reply = await app.inject({ url: `${LIST}?${query}&cursor=${cursor}`, headers: as('alice') });
    expect(reply.json()).toMatchObject({ status: 400, code: 'invalid_cursor' });
  }
});

test('a viewset without a model paginates too', async () => {
  const Item = z.object({ id: z.int() });
  const items = Array.from({ length: 5 }, (_, index) => ({ id: index + 1 }));
  class ItemViewSet extends BaseViewSet {
    static {
      this.describe('list', { query: PageQuery, response: pageOf(Item) });
    }
    async list(ctx: Context<unknown, z.output<typeof PageQuery>>): Promise<Page<z.output<typeof Item>>> {
      return paginate(ctx, {
        order: [{ column: 'id', descending: false }],
        columns: Item,
        pageSize: 2,
        load: async ({ after, backward, limit }) => {
          const from = (after?.[0] as number | undefined) ?? 0;
          return backward
            ? items.filter((item) => item.id < from).slice(-limit)
            : items.filter((item) => item.id > from).slice(0, limit);
        },
      });
    }
  }
  const { app } = createTestServer(new ApiRouter().register('items', ItemViewSet));
  const get = async (url: string) => (await app.inject({ url, headers: as('alice') })).json();
  const first = await get('/items');
  expect(first.results).toEqual([{ id: 1 }, { id: 2 }]);
  const last = await get((await get(first.next)).next);
  expect(last).toMatchObject({ results: [{ id: 5 }], next: null });
});
