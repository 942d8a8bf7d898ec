import { type AutomateOptions, adminOf } from 'automate';
import { BaseModelViewSet, type Context, defineModel, filterBy, type Row, requireScope, Timestamp } from 'automate/api';
import { z } from 'zod';

const Author = z.object({ id: z.uuid(), name: z.string().min(1).max(100) });
const AuthorModel = defineModel({
  app: 'library',
  name: 'Author',
  table: 'authors',
  schema: Author,
  ordering: ['name'],
  searchFields: ['name'],
});

const Book = z
  .object({
    id: z.uuid(),
    title: z.string().min(1).max(200),
    author_id: z.uuid(),
    state: z.enum(['draft', 'out']),
    in_print: z.boolean(),
    created_at: Timestamp,
  })
  .meta({ id: 'Book' });
export const BookModel = defineModel({
  app: 'library',
  name: 'Book',
  table: 'books',
  schema: Book,
  ordering: ['-created_at', 'title'],
  filters: filterBy(Book, { state: ['exact'], author_id: ['exact'], in_print: ['exact'], created_at: ['range'] }),
  searchFields: ['title'],
});

class AuthorViewSet extends BaseModelViewSet<typeof AuthorModel> {
  readonly model = AuthorModel;
  readonly createSchema = Author.pick({ name: true });
}

class BookViewSet extends BaseModelViewSet<typeof BookModel> {
  static {
    this.action('release', { detail: true, methods: ['post'], summary: 'Release', response: Book });
  }
  readonly model = BookModel;
  readonly createSchema = z.strictObject({
    title: Book.shape.title,
    author_id: Book.shape.author_id,
    state: Book.shape.state.default('draft'),
    in_print: Book.shape.in_print.default(true),
  });

  async release(book: Row<typeof BookModel>, ctx: Context) {
    return this.performUpdate(book, { state: 'out' }, ctx, requireScope(this.getQuery(ctx)));
  }
}

/** Both models are in the admin by being served. What is said of books refines it; nothing is said of authors. */
export const library = {
  models: [AuthorModel, BookModel],
  migrations: new URL('./migrations/', import.meta.url),
  viewsets: { authors: AuthorViewSet, books: BookViewSet },
  admin: [
    adminOf(BookModel, {
      list: ['title', 'author_id', 'state', 'in_print', 'created_at'],
      editable: ['in_print'],
      form: [{ title: { en: 'The book', it: 'Il libro' }, fields: ['title', 'author_id'] }],
      actions: [{ name: 'release', label: { en: 'Release', it: 'Pubblica' } }],
      icon: 'book',
    }),
  ],
} satisfies AutomateOptions;
