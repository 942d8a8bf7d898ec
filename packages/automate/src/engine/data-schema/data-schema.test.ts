import { describe, expect, it } from 'vitest';
import type { Json } from '../../kernel/index.ts';
import { type DataSchema, dataIssues, dataSchemaIssues, MAXIMUM_DATA } from './data-schema.ts';

const problems = (schema: object) => dataSchemaIssues(schema as DataSchema).map(({ pointer, code }) => `${pointer} ${code}`);
const judged = (schema: object, data: Json) =>
  dataIssues(schema as DataSchema, data).map(({ pointer, code }) => `${pointer} ${code}`);
const CATASTROPHE = '^(a+)+$';

describe('a schema when it is saved', () => {
  it.each<[object, string]>([
    [{ pattern: CATASTROPHE }, '/pattern'],
    [{ properties: { properties: { type: 'string', pattern: CATASTROPHE } } }, '/properties/properties/pattern'],
    [
      { properties: { properties: { properties: { properties: { pattern: CATASTROPHE } } } } },
      '/properties/properties/properties/properties/pattern',
    ],
    [{ items: { properties: { items: { pattern: CATASTROPHE } } } }, '/items/properties/items/pattern'],
    [{ prefixItems: [true, { pattern: 'a' }] }, '/prefixItems/1/pattern'],
    [{ items: [{ pattern: 'a' }] }, '/items/0/pattern'],
    [{ contains: { pattern: 'a' } }, '/contains/pattern'],
    [{ not: { not: { not: { pattern: 'a' } } } }, '/not/not/not/pattern'],
    [{ additionalProperties: { pattern: 'a' } }, '/additionalProperties/pattern'],
    [{ propertyNames: { pattern: CATASTROPHE } }, '/propertyNames/pattern'],
    [{ allOf: [{ anyOf: [{ oneOf: [{ pattern: 'a' }] }] }] }, '/allOf/0/anyOf/0/oneOf/0/pattern'],
    [{ patternProperties: { [CATASTROPHE]: true } }, '/patternProperties'],
    [{ $ref: '#' }, '/$ref'],
    [{ properties: { a: { $ref: '#/properties/a' } } }, '/properties/a/$ref'],
    [{ $defs: { a: { $ref: '#/$defs/a' } } }, '/$defs'],
    [{ definitions: {} }, '/definitions'],
    [{ $dynamicRef: '#a' }, '/$dynamicRef'],
    [{ $id: 'https://other.example/' }, '/$id'],
    [{ $anchor: 'a' }, '/$anchor'],
    [{ if: {} }, '/if'],
    [{ dependentSchemas: { a: {} } }, '/dependentSchemas'],
    [{ dependentRequired: { a: [] } }, '/dependentRequired'],
    [{ unevaluatedProperties: false }, '/unevaluatedProperties'],
    [{ contentSchema: {} }, '/contentSchema'],
    [{ nonsense: 1 }, '/nonsense'],
  ])('%j is refused by the name of the keyword', (schema, pointer) => {
    expect(dataSchemaIssues(schema as DataSchema)).toEqual([
      { pointer, code: 'keyword_not_allowed', message: expect.stringContaining(`"${pointer.split('/').at(-1)}"`) },
    ]);
  });

  it('takes fields that are called like keywords, and values that look like schemas', () => {
    const names = ['properties', 'pattern', '$ref', 'patternProperties', 'items', 'required', 'type', '$id', 'if'];
    const schema = {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      required: names,
      default: { pattern: CATASTROPHE },
      examples: [{ $ref: '#' }],
      enum: [{ pattern: CATASTROPHE }, Object.fromEntries(names.map((name) => [name, 'x']))],
    };
    expect(problems(schema)).toEqual([]);
    expect(judged(schema, Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
    expect(judged({ const: { pattern: 'a' } }, { pattern: 'a' })).toEqual([]);
  });

  it.each<[object, string]>([
    [{ type: 'text' }, '/type invalid_schema'],
    [{ type: [] }, '/type invalid_schema'],
    [{ properties: [] }, '/properties invalid_schema'],
    [{ properties: { a: 1 } }, '/properties/a invalid_schema'],
    [{ required: [1] }, '/required invalid_schema'],
    [{ required: true }, '/required invalid_schema'],
    [{ enum: [] }, '/enum invalid_schema'],
    [{ minLength: -1 }, '/minLength invalid_schema'],
    [{ minimum: '1' }, '/minimum invalid_schema'],
    [{ multipleOf: 0 }, '/multipleOf invalid_schema'],
    [{ format: 'regex' }, '/format invalid_schema'],
    [{ format: 'nonsense' }, '/format invalid_schema'],
    [{ anyOf: {} }, '/anyOf invalid_schema'],
    [{ anyOf: [] }, '/anyOf invalid_schema'],
    [{ items: 'x' }, '/items invalid_schema'],
    [{ title: {} }, '/title invalid_schema'],
    [{ uniqueItems: 1 }, '/uniqueItems invalid_schema'],
    [{ title: 'x'.repeat(60_000) }, ' too_large'],
    [
      {
        allOf: [
          { allOf: [{ allOf: [{ allOf: [{ allOf: [{ allOf: [{ allOf: [{ allOf: [{ allOf: [{ allOf: [{}] }] }] }] }] }] }] }] }] },
        ],
      },
      '/allOf/0/allOf/0/allOf/0/allOf/0/allOf/0/allOf/0/allOf/0/allOf/0/allOf/0/allOf/0 too_deep',
    ],
  ])('%j is refused', (schema, expected) => {
    expect(problems(schema)).toEqual([expected]);
  });
});

describe('data', () => {
  it.each<[object, Json, string[]]>([
    [{ type: 'object', required: ['a'], properties: { a: { type: 'integer' } } }, {}, ['/a required']],
    [{ properties: { a: { type: 'integer' } } }, { a: 1.5 }, ['/a invalid_type']],
    [
      { properties: { a: { type: 'integer', minimum: 2 }, b: { maxLength: 1 } } },
      { a: 1, b: 'xx' },
      ['/a too_small', '/b too_big'],
    ],
    [{ type: ['string', 'null'] }, null, []],
    [{ type: ['string', 'null'] }, 1, [' invalid_type']],
    [{ maxLength: 1 }, '😀', []],
    [{ enum: ['a', 1, null, { b: [1], a: 2 }] }, { a: 2, b: [1] }, []],
    [{ enum: ['a'] }, 'b', [' invalid_value']],
    [{ const: null }, null, []],
    [{ const: 1 }, '1', [' invalid_value']],
    [{ properties: { a: true }, additionalProperties: false }, { a: 1, b: 2 }, [' unrecognized_keys']],
    [{ properties: { a: false } }, { a: 1 }, ['/a not_allowed']],
    [{ additionalProperties: { type: 'number' } }, { a: 'x' }, ['/a invalid_type']],
    [{ propertyNames: { maxLength: 1 } }, { ab: 1 }, ['/ab too_big']],
    [{ minProperties: 1 }, {}, [' too_small']],
    [{ items: { type: 'number' } }, [1, 'x'], ['/1 invalid_type']],
    [{ prefixItems: [{ type: 'number' }], items: { type: 'string' } }, [1, 'x', 2], ['/2 invalid_type']],
    [
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [' not_unique'],
    ],
    [{ uniqueItems: true }, [1, '1', [1], { 0: 1 }], []],
    [{ contains: { const: 1 }, maxContains: 1 }, [1, 1], [' too_big']],
    [{ contains: { const: 1 } }, [2], [' too_small']],
    [{ multipleOf: 0.01 }, 19.99, []],
    [{ exclusiveMinimum: 1, maximum: 3 }, 1, [' too_small']],
    [{ anyOf: [{ type: 'string' }, { type: 'number', minimum: 3 }] }, 2, [' invalid_union']],
    [{ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3, [' invalid_union']],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, 3, [' too_big']],
    [{ not: { type: 'string' } }, 'x', [' not_allowed']],
    [{ format: 'date-time' }, '2026-01-31T12:00:00Z', []],
    [{ format: 'date-time' }, '2026-01-31T12:00:00+02:00', []],
    [{ format: 'date-time' }, '2026-01-31T12:00:00', [' invalid_format']],
    [{ format: 'date-time' }, '2026-02-30T12:00:00Z', [' invalid_format']],
    [{ format: 'date-time' }, '2026', [' invalid_format']],
    [{ format: 'date' }, '2026-02-29', [' invalid_format']],
    [{ format: 'time' }, '12:00:00', [' invalid_format']],
    [{ format: 'email' }, 'ada@example.com', []],
    [{ format: 'email' }, 'ada', [' invalid_format']],
    [{ required: ['__proto__', 'toString'] }, {}, ['/__proto__ required', '/toString required']],
    [{ properties: { toString: { type: 'string' } } }, {}, []],
  ])('by %j, %j: %j', (schema, data, expected) => {
    expect(judged(schema, data)).toEqual(expected);
  });

  const consts = Array.from({ length: 2_800 }, (_, index) => ({ const: `c${index}` }));
  const objects = Array.from({ length: 1_000 }, (_, index) => ({ const: { a: [index], b: 'x' } }));
  const ten = <T>(make: (inner: object) => T, depth: number): object =>
    depth === 0 ? { type: 'number' } : (make(ten(make, depth - 1)) as object);
  it.each<[string, object, Json]>([
    ['anyOf of many values', { items: { anyOf: consts } }, Array.from({ length: 8_000 }, () => 'none')],
    ['oneOf of many values', { items: { oneOf: consts } }, Array.from({ length: 12_000 }, () => 'c1')],
    ['allOf of many', { items: { allOf: consts } }, Array.from({ length: 12_000 }, () => 'c1')],
    [
      'contains',
      { items: { contains: { anyOf: objects } } },
      Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 0)),
    ],
    [
      'an enum of objects',
      { items: { enum: objects.map(({ const: value }) => value) } },
      Array.from({ length: 3_000 }, () => ({ a: [1] })),
    ],
    [
      'a tower of anyOf',
      { items: ten((inner) => ({ anyOf: [inner, inner, inner] }), 7) },
      Array.from({ length: 12_000 }, () => 'x'),
    ],
    [
      'names of fields',
      { propertyNames: { anyOf: consts } },
      Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1])),
    ],
    [
      'many required fields',
      { items: { required: consts.map(({ const: name }) => name) } },
      Array.from({ length: 12_000 }, () => ({})),
    ],
  ])('is refused when %s would take too long', (_name, schema, data) => {
    const start = performance.now();
    expect(judged(schema, data)).toEqual([' too_large']);
    expect(JSON.stringify(data).length).toBeLessThan(MAXIMUM_DATA);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('is refused when it is too large', () => {
    expect(judged({}, 'x'.repeat(70_000))).toEqual([' too_large']);
    expect(judged({}, 'é'.repeat(40_000))).toEqual([' too_large']);
  });

  it('of any format takes linear time', () => {
    const start = performance.now();
    const formats = dataSchemaIssues({ format: '?' } as DataSchema)[0]?.message.match(/[a-z0-9_-]{4,}/g) ?? [];
    expect(formats).toContain('email');
    for (const format of formats)
      for (const text of [
        'a'.repeat(60_000),
        `${'a.'.repeat(30_000)}@`,
        'P1'.repeat(30_000),
        ':'.repeat(60_000),
        `${'a-'.repeat(900)}!`,
      ])
        judged({ format }, text);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('is refused by a schema from before that nobody can judge by any more', () => {
    const schema = { type: 'object', properties: { properties: { type: 'string', pattern: CATASTROPHE } } };
    const start = performance.now();
    expect(judged(schema, { properties: `${'a'.repeat(29)}!` })).toEqual([' invalid_schema']);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(judged({ type: 'object', properties: { a: { type: 'string', widget: 'textarea' } } }, { a: 'x' })).toEqual([]);
  });
});
