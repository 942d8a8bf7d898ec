import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModel, filterBy, narrow, newId, type Scope } from '../../kernel/index.ts';
import {
  ApiRouter,
  BaseAPIView,
  BaseModelViewSet,
  BaseReadOnlyViewSet,
  type Context,
  MemoryIdempotencyStore,
  many,
  one,
  pageNumberPagination,
  type Relations,
  unpaginated,
} from '../index.ts';
import { as, createTestServer, TENANT } from '../test-support.ts';

const Author = z.object({ id: z.uuid(), name: z.string(), country: z.string() }).meta({ id: 'Author' });
const AuthorModel = defineModel({ name: 'Author', table: 'authors', schema: Author, ordering: ['name'] });
const Book = z.object({ id: z.uuid(), author_id: z.uuid().nullable(), title: z.string(), pages: z.int() }).meta({ id: 'Book' });
const BookModel = defineModel({
  name: 'Book',
  table: 'books',
  schema: Book,
  ordering: ['title'],
  filters: filterBy(Book, { pages: ['exact'] }),
});

class BookViewSet extends BaseModelViewSet<typeof BookModel> {
  readonly model = BookModel;
  readonly createSchema = Book.omit({ id: true }).extend({ title: z.string().min(1).max(20) });
  override relations: Relations = { author: one(AuthorModel, 'author_id') };
  readonly told: string[] = [];

  override beforeCreate(ctx: Context): void {
    this.told.push(`before ${ctx.route.action} ${(ctx.body as { title: string }).title}`);
  }
  override async afterCreate(_ctx: Context, result: unknown): Promise<unknown> {
    return { ...(result as object), title: `${(result as { title: string }).title}!` };
  }
  override afterList(ctx: Context): void {
    ctx.reply.header('x-listed', 'yes');
  }
}
class AuthorViewSet extends BaseReadOnlyViewSet<typeof AuthorModel> {
  readonly model = AuthorModel;
  override relations: Relations = { books: many(BookModel, 'author_id', { limit: 2, order: '-pages' }) };
  override pagination = pageNumberPagination;
  override pageSize = 2;
  override present(author: z.output<typeof Author>): z.output<typeof Author> {
    return { ...author, name: author.name.toUpperCase() };
  }
  override getQuery(ctx: Context): Scope | null {
    return narrow(super.getQuery(ctx), { country: 'NO' });
  }
}
class ShortViewSet extends BaseReadOnlyViewSet<typeof AuthorModel> {
  readonly model = AuthorModel;
  override pagination = unpaginated;
}
class HookView extends BaseAPIView {
  static {
    this.describe('get', { response: z.object({ word: z.string() }) });
  }
  override beforeGet(ctx: Context): void {
    ctx.reply.header('x-before', 'yes');
  }
  get(): { word: string } {
    return { word: 'first' };
  }
  override afterGet(): { word: string } {
    return { word: 'second' };
  }
}

const router = new ApiRouter()
  .register('books', BookViewSet, { basename: 'book' })
  .register('authors', AuthorViewSet, { basename: 'author' })
  .register('short', ShortViewSet, { basename: 'short' })
  .view('hook', HookView);
const [ann, bob, eve] = [newId(), newId(), newId()];

function server() {
  const made = createTestServer(router);
  const author = (id: string, name: string, country = 'NO') => ({ $model: 'Author', id, tenant_id: TENANT, name, country });
  const book = (author_id: string | null, title: string, pages: number) => ({
    $model: 'Book',
    id: newId(),
    tenant_id: TENANT,
    author_id,
    title,
    pages,
  });
  made.store.rows.push(author(ann, 'Ann'), author(bob, 'Bob'), author(eve, 'Eve', 'SE'));
  made.store.rows.push(book(ann, 'A', 10), book(ann, 'B', 30), book(ann, 'C', 20), book(bob, 'D', 40), book(null, 'E', 50));
  return made;
}
const get = (app: ReturnType<typeof server>['app'], url: string, who = 'alice') => app.inject({ url, headers: as(who) });

test('relations are loaded once for a page, and only when asked for', async () => {
  const { app, store } = server();
  let asked = 0;
  const related = store.related.bind(store);
  store.related = (...given) => {
    asked += 1;
    return related(...given);
  };
  const plain = await get(app, '/books/?pages=10');
  expect(Object.keys(plain.json().results[0])).toEqual(['id', 'author_id', 'title', 'pages']);
  expect(asked).toBe(0);
  const page = await get(app, '/books/?expand=author&fields=title');
  expect(page.statusCode, page.body).toBe(200);
  expect(asked).toBe(1);
  expect(page.headers['x-listed']).toBe('yes');
  expect(page.json().results.at(-2)).toEqual({ title: 'D', author: { id: bob, name: 'Bob', country: 'NO' } });
  expect(page.json().results.at(-1)).toEqual({ title: 'E', author: null });
  const writers = (await get(app, '/authors/?expand=books')).json().results;
  expect(writers.map((row: { books: { title: string }[] }) => row.books.map(({ title }) => title))).toEqual([['B', 'C'], ['D']]);
  expect(asked).toBe(2);
  const unknown = await get(app, '/books/?expand=secrets');
  expect([unknown.statusCode, unknown.json().errors[0].pointer]).toEqual([400, '/query/expand/0']);
});

test('what is related needs its own scope', async () => {
  const { app } = server();
  const reply = await app.inject({ url: '/books/?expand=author', headers: as('reader') });
  expect(reply.statusCode).toBe(403);
});

test('hooks run before and after, and may replace the result', async () => {
  const { app } = server();
  const payload = { author_id: null, title: 'New', pages: 1 };
  const created = await app.inject({ method: 'POST', url: '/books/', headers: as('alice'), payload });
  expect(created.json()).toMatchObject({ title: 'New!' });
  const refused = await app.inject({ method: 'POST', url: '/books/', headers: as('alice'), payload: { ...payload, title: '' } });
  expect(refused.statusCode).toBe(400);
  const hooked = await get(app, '/hook');
  expect([hooked.json(), hooked.headers['x-before']]).toEqual([{ word: 'second' }, 'yes']);
});

test('pages by number, presented and narrowed', async () => {
  const { app } = server();
  const page = await get(app, '/authors/');
  expect(page.json()).toEqual({
    results: [
      { id: ann, name: 'ANN', country: 'NO' },
      { id: bob, name: 'BOB', country: 'NO' },
    ],
    next: null,
    previous: null,
    count: 2,
  });
  expect((await get(app, `/authors/${eve}/`)).statusCode).toBe(404);
  const second = (await get(app, '/authors/?page=2&limit=1')).json();
  expect([second.results.length, second.next, second.previous]).toEqual([1, null, '/authors/?limit=1&page=1']);
  expect((await get(app, '/authors/?cursor=x')).statusCode).toBe(400);
  expect((await get(app, '/short/')).json().results).toHaveLength(3);
});

test('a setting that nothing reads is told in the log', () => {
  const { log } = createTestServer(new ApiRouter().view('hook', HookView), { settings: { PAGE_SZIE: 5 } });
  expect(log).toContainEqual(expect.objectContaining({ setting: 'AUTOMATE_API_PAGE_SZIE' }));
});

test('a reply that cannot be kept is sent all the same', async () => {
  class Forgetful extends MemoryIdempotencyStore {
    override async answer(): Promise<void> {
      throw new Error('the database is gone');
    }
  }
  const { app, log } = createTestServer(router, { services: { idempotency: new Forgetful() } });
  const payload = { author_id: null, title: 'New', pages: 1 };
  const headers = { ...as('alice'), 'idempotency-key': 'k' };
  expect((await app.inject({ method: 'POST', url: '/books/', headers, payload })).statusCode).toBe(201);
  expect(log).toContainEqual(expect.objectContaining({ message: expect.stringContaining('could not be kept') }));
});
