import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { filterBy } from './filters.ts';
import { defineModel } from './model.ts';
import { defineSettings } from './settings.ts';

const Note = z.object({
  id: z.uuid(),
  title: z.string(),
  stars: z.int().nullable(),
  status: z.enum(['open', 'done']).default('open'),
  archived_at: z.iso.datetime().nullable(),
});

test('names and kinds of filters come from the columns', () => {
  const filters = filterBy(Note, {
    title: ['exact', 'contains'],
    stars: ['range', 'null'],
    status: ['in'],
    archived_at: ['range'],
  });
  expect(
    Object.fromEntries(Object.entries(filters).map(([name, { column, operator }]) => [name, `${column} ${operator}`])),
  ).toEqual({
    title: 'title exact',
    title_contains: 'title contains',
    stars_min: 'stars gte',
    stars_max: 'stars lte',
    stars_is_null: 'stars is_null',
    status_in: 'status in',
    archived_after: 'archived_at gte',
    archived_before: 'archived_at lt',
  });
  expect(filters.stars_min?.schema.safeParse(null).success).toBe(false);
  expect(filters.status_in?.schema.safeParse('late').success).toBe(false);
  expect(filters.archived_after?.schema.parse('2026-01-31T12:00:00+02:00')).toBe('2026-01-31T10:00:00.000Z');
});

test('what makes no sense is refused at once', () => {
  expect(() => filterBy(Note, { stars: ['contains'] })).toThrow('"stars" is not a text');
  const options = { name: 'Note', table: 'notes', schema: Note };
  expect(() => defineModel({ ...options, ordering: ['archived_at'] })).toThrow('"archived_at", which may be null');
  expect(() => defineModel({ ...options, schema: z.object({ name: z.string() }) })).toThrow('needs an `id`');
  const filters = { colour: { column: 'colour', operator: 'exact', schema: z.string() } } as const;
  expect(() => defineModel({ ...options, filters })).toThrow('the filter "colour" names "colour"');
});

test('settings in code are those of the environment, which wins', () => {
  const settings = defineSettings(
    {
      http: { port: 8080 },
      database: 'postgres://localhost/app',
      secretKey: 'x'.repeat(32),
      hasSample: false,
      features: { 'my-crm': { rowLimit: 7 } },
      api: { pageSize: 50, cors: { origins: ['https://a.example'], maxAge: 5 }, custom: { REPORT_ROWS: 7 } },
    },
    { PORT: '9090', AUTOMATE_API_PAGE_SIZE: '10' },
  );
  expect(settings).toMatchObject({
    http: { port: 9090 },
    database: { kind: 'postgres' },
    variables: { AUTOMATE_SAMPLE: 'false', AUTOMATE_MY_CRM_ROW_LIMIT: '7' },
  });
  expect(settings.api).toEqual({ PAGE_SIZE: '10', CORS_ORIGINS: ['https://a.example'], CORS_MAX_AGE: 5, REPORT_ROWS: 7 });
  expect(() => defineSettings({ http: { port: 99_999 } }, {})).toThrow('PORT');
});

test('wrong columns, kinds and settings do not compile', () => {
  const onlyCompiled = () => {
    // @ts-expect-error there is no such column
    filterBy(Note, { colour: ['exact'] });
    // @ts-expect-error there is no such kind
    filterBy(Note, { title: ['like'] });
    // @ts-expect-error an order names columns
    defineModel({ name: 'Note', table: 'notes', schema: Note, ordering: ['-colour'] });
    // @ts-expect-error a search names columns
    defineModel({ name: 'Note', table: 'notes', schema: Note, searchFields: ['colour'] });
    // @ts-expect-error a number
    defineSettings({ api: { pageSize: '50' } });
    // @ts-expect-error misspelt
    defineSettings({ api: { pageSzie: 50 } });
    // @ts-expect-error a list
    defineSettings({ api: { cors: { origins: 'https://a.example' } } });
  };
  void onlyCompiled;
  expectTypeOf(defineModel({ name: 'Note', table: 'notes', schema: Note }).schema).toEqualTypeOf<typeof Note>();
});

test.each(['limit', 'count', 'search', 'ordering', 'fields', 'format', 'cursor', 'expand', 'page', 'last_event_id'])(
  'no filter takes the place of a parameter that lists have: %s',
  (name) => {
    const schema = Note.extend({ [name]: z.string() });
    const filters = filterBy(schema, { [name]: ['exact'] });
    const define = () => defineModel({ name: 'Note', table: 'notes', schema, filters });
    expect(define).toThrow(expect.objectContaining({ code: 'invalid_model', detail: expect.stringContaining(`"${name}"`) }));
  },
);

test('no filter takes the place of another', () => {
  const schema = Note.extend({ stars_min: z.int(), archived: z.iso.datetime() });
  expect(() => filterBy(schema, { stars: ['range'], stars_min: ['exact'] })).toThrow('"stars_min"');
  expect(() => filterBy(schema, { archived: ['range'], archived_at: ['range'] })).toThrow('"archived_after"');
  expect(Object.keys(filterBy(schema, { stars: ['exact', 'exact'] }))).toEqual(['stars']);
});
