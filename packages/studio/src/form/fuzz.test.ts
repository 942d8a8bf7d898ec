import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { checkValue } from './check.ts';
import { initialOf } from './initial.ts';
import { createResolver, type JsonSchema } from './json-schema.ts';

/** What may stand anywhere in a schema or a value, sense or none. */
let seed = 15;
function random(below: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * below);
}
const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
const names = ['a', 'b/c', '~', '__proto__', 'constructor', '', '<img src=x>', 'kind', '0'];
const rubbish = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  '(',
  [],
  {},
  ['x'],
  { a: 1 },
  'object',
  '#',
  '#/$defs/a',
  'https://elsewhere.example/x',
];

function value(depth = 0): unknown {
  const kind = random(depth > 3 ? 5 : 7);
  if (kind < 5)
    return pick([
      null,
      true,
      false,
      0,
      -1.5,
      2 ** 53,
      '',
      'x',
      '2026-12-01T00:00:00Z',
      'P1D',
      '<script>',
      '\u0000',
      '9'.repeat(40),
    ]);
  if (kind === 5) return Array.from({ length: random(4) }, () => value(depth + 1));
  return Object.fromEntries(Array.from({ length: random(4) }, () => [pick(names), value(depth + 1)]));
}

function schema(depth = 0): unknown {
  if (random(14) === 0) return pick(rubbish);
  const inner = () => (depth > 3 ? pick<unknown>([{}, true, { type: 'string' }]) : schema(depth + 1));
  const some = () => Object.fromEntries(Array.from({ length: random(4) }, () => [pick(names), inner()]));
  const keywords: Record<string, () => unknown> = {
    type: () =>
      pick<unknown>([
        'string',
        'number',
        'integer',
        'boolean',
        'object',
        'array',
        'null',
        ['string', 'null'],
        ['object', 'array'],
        'odd',
      ]),
    properties: some,
    additionalProperties: inner,
    items: inner,
    enum: () => [value(4), value(4)],
    const: () => value(3),
    anyOf: () => [inner(), inner()],
    oneOf: () => [inner(), { type: 'null' }],
    allOf: () => [inner(), inner()],
    not: inner,
    $ref: () => pick(['#', '#/$defs/a', '#/$defs/b', '#/$defs/none', '#/%', 'x', '']),
    format: () => pick(['date-time', 'date', 'time', 'duration', 'email', 'uri', 'uuid', 'password', 'odd']),
    pattern: () => pick(['^a', '(', '']),
    minLength: () => random(3),
    maximum: () => random(9),
    maxItems: () => random(3),
    required: () => [pick(names), pick(names)],
    default: () => value(2),
    title: () => pick<unknown>(['T', '', 7]),
    description: () => pick<unknown>(['a `code` b', null]),
    readOnly: () => true,
    writeOnly: () => true,
    prefixItems: () => [inner()],
    patternProperties: some,
    'x-widget': () => pick(['list', 'object', 'map', 'union', 'many', 'choice', 'odd', 'duration', 'file']),
    contentEncoding: () => 'base64',
    contentMediaType: () => 'text/plain',
    examples: () => [value(3)],
  };
  const all = Object.entries(keywords);
  const chosen = Array.from({ length: 1 + random(5) }, () => pick(all)).map(([name, make]) => [
    name,
    random(25) === 0 ? pick(rubbish) : make(),
  ]);
  return Object.fromEntries(chosen);
}

function document(): JsonSchema {
  const root = schema();
  const shape = typeof root === 'object' && root !== null && !Array.isArray(root) ? root : {};
  return { ...shape, $defs: { a: schema(), b: { $ref: '#/$defs/a' } } };
}

let render: (schema: JsonSchema, value: unknown, onChange: (value: unknown) => void) => string;
beforeAll(async () => {
  // The modules of the page know where they are.
  vi.stubGlobal('location', new URL('https://house.example/studio/'));
  vi.stubGlobal('document', { baseURI: 'https://house.example/studio/' });
  const { SchemaForm } = await import('./schema-form.tsx');
  const { TextProvider } = await import('../text/text.tsx');
  const client = new QueryClient();
  render = (of, shown, onChange) => {
    const form = createElement(SchemaForm, { schema: of, value: shown, onChange });
    return renderToString(createElement(QueryClientProvider, { client }, createElement(TextProvider, null, form)));
  };
});
afterAll(() => vi.unstubAllGlobals());

it('shows any schema with any value, and changes nothing by that', () => {
  for (let round = 0; round < 1_500; round += 1) {
    const [of, shown] = [document(), value()];
    const before = JSON.stringify([of, shown]);
    const resolver = createResolver(of);
    let changes = 0;
    const told = () => ({ of: JSON.stringify(of), shown: JSON.stringify(shown) });
    for (const each of [shown, initialOf(resolver, of)]) {
      try {
        expect(render(of, each, () => (changes += 1))).toContain('class="form stack"');
        for (const { pointer, code } of checkValue(resolver, of, each))
          expect([typeof pointer, typeof code]).toEqual(['string', 'string']);
      } catch (error) {
        throw new Error(JSON.stringify(told()), { cause: error });
      }
    }
    expect([changes, JSON.stringify([of, shown])]).toEqual([0, before]);
  }
});

it('shows hostile words as words', () => {
  const hostile = '<img src=x onerror=alert(1)>';
  const of = {
    properties: { [hostile]: { title: hostile, description: hostile, enum: [hostile] }, b: { type: 'string', default: hostile } },
  };
  const shown = render(of, { [hostile]: hostile, b: hostile }, () => undefined);
  expect(shown).not.toContain('<img');
  expect(shown).toContain('&lt;img');
});
