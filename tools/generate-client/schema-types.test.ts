import { describe, expect, it } from 'vitest';
import type { Schema } from './document.ts';
import { camelCase, kebabCase, pascalCase, resourceName } from './names.ts';
import { comment, toType } from './schema-types.ts';

const flat = (schema: Schema, isQuery = false) => toType(schema, { prefix: 's.', isQuery }).replaceAll(/\s+/g, ' ');

describe('the type of a schema', () => {
  it.each<[string, Schema, string]>([
    ['anything', {}, 'unknown'],
    ['true', true, 'unknown'],
    ['false', false, 'never'],
    ['never', { not: {} }, 'never'],
    ['a number', { type: 'integer', minimum: 1 }, 'number'],
    ['several kinds', { type: ['string', 'null'] }, 'string | null'],
    ['a constant', { type: 'string', const: 'ok' }, '"ok"'],
    ['a constant null', { const: null }, 'null'],
    ['an enumeration', { type: 'string', enum: ['a', 'b'] }, '"a" | "b"'],
    ['a reference', { $ref: '#/components/schemas/Work~1flow.v2' }, 's.WorkFlowV2'],
    ['a reference with a description', { $ref: '#/components/schemas/Step', description: 'x' }, 's.Step'],
    ['null or', { anyOf: [{ $ref: '#/components/schemas/Failure' }, { type: 'null' }] }, 's.Failure | null'],
    ['anything or null', { anyOf: [{}, { type: 'null' }] }, 'unknown'],
    ['one of, each once', { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'number' }] }, 'string | number'],
    [
      'all of',
      { allOf: [{ $ref: '#/components/schemas/A' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }] },
      's.A & (string | null)',
    ],
    [
      'a union with common fields',
      { type: 'object', properties: { a: {} }, anyOf: [{ $ref: '#/x/B' }] },
      's.B & { "a"?: unknown; }',
    ],
    ['a list of a union', { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, '(string | null)[]'],
    ['a list of anything', { type: 'array' }, 'unknown[]'],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }, '[string, number]'],
    [
      'a tuple with a rest',
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: ['number', 'null'] } },
      '[string, ...(number | null)[]]',
    ],
    [
      'an object',
      {
        type: 'object',
        properties: { id: { type: 'string' }, 'x-y': { type: 'boolean' } },
        required: ['id'],
        additionalProperties: false,
      },
      '{ "id": string; "x-y"?: boolean; }',
    ],
    ['an empty object', { type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
    ['an open object', { type: 'object' }, '{ [key: string]: unknown }'],
    [
      'a record',
      { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'number' } },
      '{ [key: string]: number }',
    ],
    [
      'a record of known names',
      { type: 'object', propertyNames: { enum: ['a', 'b'] }, additionalProperties: { type: 'number' }, required: ['a'] },
      '{ "a": number; "b"?: number }',
    ],
    [
      'an object with further fields',
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'number' } },
      '{ "a"?: string; [key: string]: unknown; }',
    ],
  ])('is right for %s', (_, schema, expected) => {
    expect(flat(schema)).toBe(expected);
  });

  it('is wider in a query', () => {
    expect(flat({ type: 'string', format: 'date-time' }, true)).toBe('string | Date');
    expect(flat({ type: 'array', items: { type: 'string' } }, true)).toBe('readonly string[]');
  });

  it('keeps descriptions in comments that they cannot end', () => {
    expect(comment('one */ two')).toBe('/** one *\\/ two */\n');
    expect(comment('a', undefined, false, 'b\n\nc')).toBe('/**\n * a\n * b\n *\n * c\n */\n');
    expect(comment(undefined)).toBe('');
  });
});

describe('names', () => {
  it.each([
    ['workflow', ['/api/v1/workflows/{id}/run/'], 'workflows'],
    ['knowledge-source', ['/api/v1/rag/knowledge-sources/'], 'knowledgeSources'],
    ['rag-query', ['/api/rag/{slug}/queries/'], 'ragQueries'],
    ['correlation-explorer', ['/api/studio/correlation/'], 'correlationExplorer'],
    ['health-live', ['/health/live/'], 'healthLive'],
    ['metrics', ['/metrics/'], 'metrics'],
  ])('of the resource %s at %j is %s', (basename, paths, expected) => {
    expect(resourceName(basename, paths)).toBe(expected);
  });

  it('are changed from one form to another', () => {
    expect([
      camelCase('partialUpdate'),
      camelCase('js', 'get'),
      pascalCase('docs-script'),
      pascalCase('2fa'),
      kebabCase('docsScript'),
    ]).toEqual(['partialUpdate', 'jsGet', 'DocsScript', '_2fa', 'docs-script']);
  });
});
