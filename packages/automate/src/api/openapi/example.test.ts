import { expect, test } from 'vitest';
import { z } from 'zod';
import { exampleOf } from './example.ts';
import { type JsonSchema, SchemaCollector } from './schemas.ts';

function made(schema: z.ZodType): unknown {
  const schemas = new SchemaCollector();
  return exampleOf(schemas.add(schema, 'input'), (reference) => schemas.find(reference));
}

const Address = z.object({ city: z.string(), zip: z.string().regex(/^\d+$/) }).meta({ id: 'Address' });
interface Tree {
  name: string;
  children: Tree[];
}
const Tree: z.ZodType<Tree> = z
  .object({
    name: z.string(),
    get children() {
      return z.array(Tree);
    },
  })
  .meta({ id: 'Tree' });

test.each<[string, z.ZodType, unknown]>([
  ['what is required', z.object({ name: z.string(), note: z.string().optional() }), { name: 'An example' }],
  ['the first field where nothing is', z.object({ note: z.string().optional(), more: z.int().optional() }), { note: 'note' }],
  ['a named part', z.object({ home: Address }), { home: { city: 'city', zip: '123456' } }],
  ['a choice', z.union([z.null(), z.object({ kind: z.literal('a') })]), { kind: 'a' }],
  ['an enum and a default', z.object({ role: z.enum(['viewer', 'editor']), n: z.int().default(3) }), { role: 'viewer' }],
  ['bounds', z.object({ a: z.int().min(5), b: z.number().max(0.5), c: z.int().gt(9) }), { a: 5, b: 0.5, c: 10 }],
  ['lengths', z.object({ a: z.string().min(9), b: z.string().max(3), c: z.array(z.boolean()).min(2) }), undefined],
  ['formats', z.object({ id: z.uuid(), at: z.iso.datetime(), to: z.email(), at_page: z.url() }), undefined],
  ['names', z.object({ new_password: z.string().min(12), hosts: z.array(z.string()) }), undefined],
  ['an example of its own', z.object({ word: z.string().meta({ examples: ['mine'] }) }), { word: 'mine' }],
  ['any JSON and records', z.object({ any: z.unknown(), map: z.record(z.string(), z.int()) }), { any: {}, map: {} }],
])('shows %s', (_, schema, expected) => {
  const example = made(schema);
  expect(schema.safeParse(example).error?.issues ?? []).toEqual([]);
  if (expected !== undefined) expect(example).toEqual(expected);
});

test('ends where a schema refers to itself, and with patterns that are none', () => {
  expect(JSON.stringify(made(Tree)).length).toBeLessThan(1_000);
  expect(made(z.object({ word: z.string().regex(/^(?:no such word)$/) }))).toEqual({ word: 'word' });
  expect(exampleOf({ type: 'string', pattern: '(' } as JsonSchema, () => undefined)).toBe('example');
  expect(exampleOf({ $ref: '#input/Nowhere' }, () => undefined)).toEqual({});
});
