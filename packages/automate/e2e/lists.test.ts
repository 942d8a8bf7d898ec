import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BaseModelViewSet, filterBy, type Pagination, pageNumberPagination } from '../src/api/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { Document, DocumentModel, DocumentViewSet, documentsHost } from './fixtures/documents.ts';

const PATH = '/api/v1/documents/';

interface Page {
  readonly results: readonly { readonly id: string; readonly title: string }[];
  readonly next: string | null;
  readonly previous: string | null;
}

describe.each(databaseKinds)('lists on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { ...documentsHost, hasWorker: false });
    for (const title of ['Miller, Ann', 'Miller', 'Ann', 'a', 'b', 'a,b']) await create(title);
  });
  afterAll(() => server?.close());

  const create = async (title: string) =>
    expect(
      (await server.call('POST', PATH, { title }, { 'idempotency-key': `make ${title}`.replaceAll(/\W/g, '_') })).status,
    ).toBe(201);
  const get = async (path: string) => {
    const reply = await server.call<Page>('GET', path);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return reply.body;
  };
  const titles = async (query: string) => (await get(`${PATH}?${query}`)).results.map(({ title }) => title);

  it.each([
    ['title_in=Miller%2C%20Ann', ['Miller, Ann']],
    ['title_in=Miller%2C%20Ann,Ann', ['Ann', 'Miller, Ann']],
    ['title_in=Miller%2C+Ann&title_in=Ann', ['Ann', 'Miller, Ann']],
    ['title_in=a,b', ['a', 'b']],
    ['title_in=a%2Cb', ['a,b']],
    ['title_in=a%2Cb,b', ['a,b', 'b']],
    ['title=a%2Cb', ['a,b']],
    ['title=a,b', ['a,b']],
  ])('are filtered by values with commas: %s', async (query, expected) => {
    expect((await titles(`${query}&ordering=title`)).toSorted()).toEqual(expected.toSorted());
    const first = await get(`${PATH}?${query}&limit=1`);
    const rest = first.next === null ? [] : (await get(`${first.next}`)).results;
    expect([...first.results, ...rest].map(({ title }) => title).toSorted()).toEqual(expected.slice(0, 2).toSorted());
  });

  it('lead back from a page that was emptied', async () => {
    for (let index = 0; index < 25; index += 1) await create(`page ${String(index).padStart(2, '0')}`);
    const names = Array.from({ length: 25 }, (_, index) => `page%20${String(index).padStart(2, '0')}`).join(',');
    const first = await get(`${PATH}?title_in=${names}&limit=10`);
    expect(first.results).toHaveLength(10);
    const ids = first.results.map(({ id }) => id);
    await server.automate.db.query(`delete from documents where title like 'page%' and not id = any($1)`, [ids]);
    const emptied = await get(first.next ?? '');
    expect(emptied).toMatchObject({ results: [], next: null });
    expect((await get(emptied.previous ?? '')).results).toEqual(first.results);
    await server.automate.db.query(`delete from documents where title like 'page%'`);
    const nothing = await get(emptied.previous ?? '');
    expect(nothing).toEqual({ results: [], next: null, previous: null });
  });
});

describe('a filter that has the name of something else in the query', () => {
  const start = (viewset: typeof DocumentViewSet) =>
    createTestServer('pglite', { ...documentsHost, viewsets: { documents: viewset }, hasWorker: false });

  it.each(['limit', 'count', 'search', 'ordering', 'fields', 'format', 'cursor'])('stops the start: %s', async (name) => {
    class Colliding extends DocumentViewSet {
      override filters = { [name]: { column: 'title', operator: 'exact' as const, schema: z.string() } };
    }
    await expect(start(Colliding)).rejects.toMatchObject({ code: 'invalid_model' });
  });

  it('stops it for a parameter of its own pages too', async () => {
    const pagination: Pagination = { ...pageNumberPagination, querySchema: z.object({ chapter: z.int().optional() }) };
    class Colliding extends BaseModelViewSet<typeof DocumentModel> {
      readonly model = DocumentModel;
      readonly createSchema = z.object({ title: z.string() });
      override pagination = pagination;
      override filters = {
        ...filterBy(Document, {}),
        chapter: { column: 'title', operator: 'exact' as const, schema: z.string() },
      };
    }
    await expect(start(Colliding as unknown as typeof DocumentViewSet)).rejects.toMatchObject({ code: 'invalid_model' });
  });
});
