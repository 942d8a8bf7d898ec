import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BookModel, library } from './books.ts';

describe.each(databaseKinds)('a library in the admin on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { ...library, hasWorker: false });
  });
  afterAll(() => server?.close());

  const get = async (path: string) => (await server.call<Record<string, unknown>>('GET', `/api/studio/admin/${path}`)).body;

  it('shows both models, one of them by its schema alone', async () => {
    const { models } = (await get('')) as { models: { app: string; name: string }[] };
    expect(models.filter(({ app }) => app === 'library').map(({ name }) => name)).toEqual(['Author', 'Book']);
    expect(await get('library/author/')).toMatchObject({ title_field: 'name', list: ['name'], groups: [], actions: [] });
    expect(await get('library/book/')).toMatchObject({
      list: ['title', 'author_id', 'state', 'in_print', 'created_at'],
      editable: ['in_print'],
      date: { column: 'created_at' },
      actions: [{ name: 'release', label: { en: 'Release', it: 'Pubblica' }, path: '/api/v1/books/{id}/release/' }],
      create: { properties: { author_id: { relation: 'library/author' } } },
    });
  });

  it('takes what is said of a model while it runs', async () => {
    server.automate.admin.register(BookModel, { list: ['title', 'state'], isHidden: false });
    expect(await get('library/book/')).toMatchObject({ list: ['title', 'state'], editable: [] });
    server.automate.admin.register(BookModel, { isHidden: true });
    expect((await server.call('GET', '/api/studio/admin/library/book/')).status).toBe(404);
  });
});
