import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withoutSecrets } from '../edit/drafts.ts';
import { checkValue } from './check.ts';
import { fieldsOf, widgetOf } from './fields.ts';
import { initialOf, writeOnlyPointers } from './initial.ts';
import { createResolver, type JsonSchema } from './json-schema.ts';
import { labelAt } from './label-at.ts';
import { readNumber } from './number.ts';
import { momentOf, wallOf } from './widgets/zone.ts';

const Step = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('wait'), seconds: z.int().min(1) }),
  z.object({ kind: z.literal('call'), url: z.url(), token: z.string().min(3).meta({ writeOnly: true }) }),
]);
interface Node {
  name: string;
  children: Node[];
}
const Node: z.ZodType<Node> = z.object({ name: z.string(), children: z.array(z.lazy(() => Node)) }).meta({ id: 'FormTestNode' });
const schema = z.toJSONSchema(
  z.object({
    name: z.string().min(1).max(20),
    note: z.string().max(1_000).optional(),
    age: z.int().min(0).max(150).nullable(),
    ratio: z.number().optional(),
    isOn: z.boolean().default(true),
    kind: z.enum(['a', 'b']),
    mode: z.union([z.literal('x'), z.literal('y')]).optional(),
    fixed: z.literal('only'),
    tags: z.array(z.enum(['p', 'q'])).default([]),
    lines: z.array(z.object({ sku: z.string(), price: z.number() })).max(2),
    labels: z.record(z.string(), z.string()).optional(),
    made_at: z.iso.datetime(),
    day: z.iso.date().optional(),
    email: z.email().nullable().optional(),
    step: Step,
    tree: Node.optional(),
    anything: z.unknown().optional(),
    either: z.union([z.string(), z.number()]).optional(),
    owner_id: z.uuid().meta({ relation: 'User' }),
    key: z.string().meta({ 'x-secret': true }).optional(),
    password: z.string().min(12).meta({ writeOnly: true }).optional(),
    id: z.uuid().meta({ readOnly: true }).optional(),
  }),
  { io: 'input', unrepresentable: 'any' },
) as JsonSchema;
const resolver = createResolver(schema);
const widgets = Object.fromEntries(fieldsOf(resolver, schema).map((field) => [field.name, widgetOf(field, resolver)]));
const good = {
  name: 'Ada',
  age: null,
  isOn: false,
  kind: 'a',
  fixed: 'only',
  lines: [{ sku: 's', price: 1.5 }],
  made_at: '2026-12-01T00:00:00Z',
  step: { kind: 'call', url: 'https://example.com/', token: 'abc' },
  tree: { name: 'r', children: [{ name: 'c', children: [] }] },
  owner_id: '01a20a02-0000-7000-8000-000000000000',
};
const issuesOf = (change: object) =>
  checkValue(resolver, schema, { ...good, ...change }).map(({ pointer, code }) => `${pointer} ${code}`);

it('finds for each field what it is written with', () => {
  expect(widgets).toEqual({
    name: 'text',
    note: 'long-text',
    age: 'number',
    ratio: 'number',
    isOn: 'switch',
    kind: 'choice',
    mode: 'choice',
    fixed: 'choice',
    tags: 'many',
    lines: 'list',
    labels: 'map',
    made_at: 'date-time',
    day: 'date',
    email: 'text',
    step: 'union',
    tree: 'object',
    anything: 'json',
    either: 'union',
    owner_id: 'relation',
    key: 'secret',
    password: 'password',
    id: 'text',
  });
});

describe('what is wrong', () => {
  it('is nothing where nothing is', () => expect(issuesOf({})).toEqual([]));
  it.each<[object, string[]]>([
    [{ name: '' }, ['/name minLength']],
    [{ name: undefined }, ['/name required']],
    [{ age: 151 }, ['/age maximum']],
    [{ age: '12345678901234567890' }, ['/age inexact']],
    [{ age: 'old' }, ['/age type']],
    [{ kind: 'c' }, ['/kind enum']],
    [
      { lines: [{ sku: 's' }, { sku: 1, price: 1 }, { sku: 's', price: 1 }] },
      ['/lines maxItems', '/lines/0/price required', '/lines/1/sku type'],
    ],
    [{ made_at: 'yesterday' }, ['/made_at format']],
    [{ step: { kind: 'wait', seconds: 0 } }, ['/step/seconds minimum']],
    [{ step: { kind: 'call', url: 'x' } }, ['/step/token required', '/step/url format']],
    [{ step: { kind: 'fly' } }, ['/step/seconds required', '/step/kind const']],
    [{ tree: { name: 'r', children: [{ name: 1, children: [] }] } }, ['/tree/children/0/name type']],
    [{ email: 'nobody' }, ['/email format']],
    [{ labels: { a: 1 } }, ['/labels/a type']],
    [{ id: 'whatever: it is read only' }, []],
  ])('%j', (change, expected) => expect(issuesOf(change)).toEqual(expected));

  it('has conditions and names by patterns looked at too, and survives a pattern that is none', () => {
    const odd: JsonSchema = {
      type: 'object',
      patternProperties: { '^x': { type: 'number' } },
      properties: { p: { type: 'string', pattern: '(' } },
    };
    expect(checkValue(createResolver(odd), odd, { xa: 'no', p: 'a' })).toMatchObject([{ pointer: '/xa', code: 'type' }]);
  });
});

it('begins with defaults and what can be nothing else, and leaves the rest to the server', () => {
  expect(initialOf(resolver, schema)).toEqual({
    age: null,
    isOn: true,
    fixed: 'only',
    tags: [],
    lines: [],
    step: { kind: 'wait' },
  });
});

it('knows what no draft may keep, in lists and unions too', () => {
  expect(writeOnlyPointers(resolver, schema)).toEqual(['/step/token', '/password']);
});

it('knows what holds such a thing deeper than it names', () => {
  const node = { type: 'object', properties: { token: { type: 'string', writeOnly: true }, child: { $ref: '#/$defs/node' } } };
  const deep = { type: 'object', properties: { node: { $ref: '#/$defs/node' } }, $defs: { node } } as JsonSchema;
  const secrets = writeOnlyPointers(createResolver(deep), deep);
  expect(secrets.slice(0, 2)).toEqual(['/node/token', '/node/child/token']);
  let value: object = { token: 'hush' };
  for (let depth = 0; depth < 20; depth += 1) value = { child: value };
  expect(JSON.stringify(withoutSecrets({ node: value }, secrets))).not.toContain('hush');
});

it('names places as people see them', () => {
  expect(labelAt(resolver, schema, '/lines/0/price')).toBe('Lines › 1 › Price');
  expect(labelAt(resolver, schema, '/step/seconds')).toBe('Step › Seconds');
  expect(labelAt(resolver, schema, '/nowhere/at all')).toBe('nowhere › at all');
});

it.each<[string, number | string | undefined]>([
  ['', undefined],
  ['12', 12],
  ['-0.50', -0.5],
  ['1,5', 1.5],
  ['1e3', 1_000],
  ['9007199254740992', 9007199254740992],
  ['9007199254740993', '9007199254740993'],
  ['0.12345678901234567890123', '0.12345678901234567890123'],
  ['1e400', '1e400'],
  ['-', '-'],
  ['0x10', '0x10'],
  ['twelve', 'twelve'],
])('reads the number %j without rounding', (text, expected) => expect(readNumber(text)).toBe(expected));

it('reads moments on the wall of a zone, and back, across the change of clocks', () => {
  expect(wallOf('2026-12-01T08:21:00Z', 'Europe/Oslo')).toEqual({ date: '2026-12-01', time: '09:21' });
  expect(wallOf('2026-07-01T23:30:05.250Z', 'Asia/Kolkata')).toEqual({ date: '2026-07-02', time: '05:00:05.250' });
  expect(wallOf('not one', 'UTC')).toBeUndefined();
  expect(momentOf({ date: '2026-12-01', time: '' }, 'UTC')).toBeUndefined();
  for (const zone of ['UTC', 'Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
    for (let hour = 0; hour < 24 * 365; hour += 7) {
      const moment = new Date(Date.UTC(2026, 0, 1, hour, 30)).toISOString().replace('.000Z', 'Z');
      const wall = wallOf(moment, zone);
      const back = wall && momentOf(wall, zone);
      // The hour that comes twice reads the same twice.
      expect(wallOf(back ?? '', zone)).toEqual(wall);
    }
  }
});
