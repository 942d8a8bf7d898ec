import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModel, Timestamp } from '../../kernel/index.ts';
import { describeModel } from './describe-model.ts';

const Nested = z.object({ code: z.string() }).meta({ id: 'SchemaTestNested' });
const AuthorModel = defineModel({ name: 'Author', table: 'authors', schema: z.object({ id: z.uuid() }) });
const PressModel = defineModel({ app: 'press', name: 'PrintShop', table: 'print_shops', schema: z.object({ id: z.uuid() }) });
const BookModel = defineModel({
  name: 'AudioBook',
  table: 'audio_books',
  schema: z.object({
    id: z.uuid(),
    tenant_id: z.uuid(),
    title: z.string().min(1).max(200).describe('As printed'),
    state: z.enum(['draft', 'out']).default('draft'),
    kind: z.union([z.literal('novel'), z.literal('essay')]).nullable(),
    stars: z.union([z.literal(1), z.literal(2)]).optional(),
    pages: z.int().optional(),
    price: z.number().nullable().describe('In euros'),
    is_sold: z.boolean().readonly(),
    author_id: z.uuid().nullable(),
    print_shop_id: z.uuid(),
    editor: z.uuid().meta({ relation: 'Author', title: 'Who edits' }),
    other_id: z.uuid(),
    tags: z.array(z.string()),
    size: Nested.nullable(),
    extra: z.unknown(),
    either: z.union([z.string(), z.number()]),
    made_at: Timestamp,
    read_at: z.date().nullish(),
    bytes: z.bigint(),
    token: z.string().meta({ writeOnly: true }),
    pin: z.string().meta({ writeOnly: true }).nullable().optional(),
  }),
});
const description = describeModel(BookModel, [BookModel, AuthorModel, PressModel]);
const fields = Object.fromEntries(description.fields.map((field) => [field.name, field]));

test('names', () => {
  const Keyed = z.object({ id: z.uuid() });
  expect(description).toMatchObject({ name: 'AudioBook', verbose_name: 'Audio book', db_table: 'audio_books' });
  expect(defineModel({ name: 'APIKey', table: 'x', schema: Keyed }).verboseName).toBe('API key');
  expect(defineModel({ name: 'Tag', verboseName: 'Label', table: 'x', schema: Keyed }).verboseName).toBe('Label');
});

test('write-only fields are not there', () => {
  expect(Object.keys(fields)).toEqual(Object.keys(BookModel.schema.shape).filter((name) => !['token', 'pin'].includes(name)));
});

test.each<[string, object]>([
  ['id', { verbose_name: 'Id', type: 'string', format: 'uuid', required: true, nullable: false, read_only: true }],
  ['tenant_id', { verbose_name: 'Tenant id', type: 'string', format: 'uuid', required: true, nullable: false, read_only: true }],
  [
    'title',
    { verbose_name: 'Title', type: 'string', required: true, nullable: false, max_length: 200, description: 'As printed' },
  ],
  [
    'state',
    { verbose_name: 'State', type: 'string', required: false, nullable: false, choices: ['draft', 'out'], default: 'draft' },
  ],
  ['kind', { verbose_name: 'Kind', type: 'string', required: true, nullable: true, choices: ['novel', 'essay'] }],
  ['stars', { verbose_name: 'Stars', type: 'number', required: false, nullable: false, choices: [1, 2] }],
  ['pages', { verbose_name: 'Pages', type: 'integer', required: false, nullable: false }],
  ['price', { verbose_name: 'Price', type: 'number', required: true, nullable: true, description: 'In euros' }],
  ['is_sold', { verbose_name: 'Is sold', type: 'boolean', required: true, nullable: false, read_only: true }],
  ['author_id', { type: 'string', format: 'uuid', nullable: true, relation: { app_label: 'app', model: 'Author' } }],
  ['print_shop_id', { type: 'string', format: 'uuid', relation: { app_label: 'press', model: 'PrintShop' } }],
  ['editor', { verbose_name: 'Who edits', relation: { app_label: 'app', model: 'Author' } }],
  ['tags', { verbose_name: 'Tags', type: 'array', required: true, nullable: false }],
  ['size', { verbose_name: 'Size', type: 'object', required: true, nullable: true }],
  ['extra', { verbose_name: 'Extra', type: 'json' }],
  ['either', { verbose_name: 'Either', type: 'json', required: true, nullable: false }],
  ['made_at', { type: 'string', format: 'date-time' }],
  ['read_at', { type: 'string', format: 'date-time', required: false, nullable: true }],
  ['bytes', { type: 'integer' }],
])('%s', (name, expected) => {
  expect(fields[name]).toMatchObject(expected);
  expect(Object.keys(fields[name] ?? {})).toEqual(
    expect.arrayContaining(['name', 'verbose_name', 'type', 'required', 'nullable']),
  );
});

test('what does not apply is not said', () => {
  expect(Object.keys(fields.other_id ?? {})).not.toContain('relation');
  expect(Object.keys(fields.pages ?? {}).toSorted()).toEqual(['name', 'nullable', 'required', 'type', 'verbose_name']);
});
