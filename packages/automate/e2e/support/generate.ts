import { createHash } from 'node:crypto';
import type { Document, Schema } from './openapi.ts';

/** Makes values from JSON Schemas: the same seed makes the same values. */
export interface Generator {
  /** A number from 0 up to, not including, 1. */
  random(): number;
  pick<T>(items: readonly T[]): T;
  /** A value that the schema allows. `plain` has every property, short and simple; `bare` only what is required. */
  valid(schema: Schema, style?: Style, hint?: string): unknown;
  /** Values at the edges of what the schema allows, one property changed at a time. */
  boundary(schema: Schema, valid: unknown): Variant[];
  /** Values that differ from a valid one in one thing that the schema forbids. */
  invalid(schema: Schema, valid: unknown): Variant[];
}

export type Style = 'plain' | 'bare' | 'wild';

export interface Variant {
  /** What was changed and where. */
  readonly name: string;
  readonly value: unknown;
}

export interface GeneratorOptions {
  readonly document: Pick<Document, 'components'>;
  readonly seed: number;
  /** Values for schemas whose meaning a JSON Schema cannot tell, by component name. */
  readonly samples?: Readonly<Record<string, (generator: Generator) => unknown>>;
  /** A value for a property known by its name, such as the id of something that exists; undefined to make one. */
  readonly known?: (property: string, schema: Schema) => unknown;
}

/** The end of an audit chain, `<tenant id>:<seq>:<hash>`. */
const HEAD = `00000000-0000-4000-8000-000000000000:1:${'a'.repeat(64)}`;

/** Mulberry32: small, and good enough to choose test values. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createGenerator({ document, seed, samples = {}, known }: GeneratorOptions): Generator {
  const random = randomFrom(seed);
  let serial = 0;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));

  function resolve(schema: Schema): { schema: Schema; name: string | undefined } {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? { schema, name } : { schema: resolve(document.components.schemas[name] as Schema).schema, name };
  }

  function valid(given: Schema, style: Style = 'plain', hint = ''): unknown {
    const { schema, name } = resolve(given);
    const sample = name === undefined ? undefined : samples[name];
    if (sample) return sample(generator);
    const fromOutside = known?.(hint, schema);
    if (fromOutside !== undefined) return fromOutside;
    if ('const' in schema) return schema.const;
    if (schema.enum) return pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return valid(style === 'wild' ? pick(choices) : (choices[0] as Schema), style, hint);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => valid(part, style, hint)));
    switch (schema.type) {
      case 'object':
        return object(schema, style);
      case 'array': {
        const least = schema.minItems ?? 0;
        const length =
          style === 'bare' ? least : between(least, Math.min(schema.maxItems ?? 3, least + (style === 'wild' ? 3 : 1)));
        return Array.from({ length }, () => valid(schema.items ?? {}, style, hint));
      }
      case 'string':
        return text(schema, style);
      case 'integer':
        return between(Math.max(lowest(schema), -1_000), Math.min(highest(schema), 1_000));
      case 'number':
        return between(Math.max(lowest(schema), -100), Math.min(highest(schema), 100) - 1) + 0.5;
      case 'boolean':
        return random() < 0.5;
      case 'null':
        return null;
      default:
        return style === 'wild'
          ? pick<unknown>([null, 0, '', 'text', [], {}, { a: [1, { b: null }] }, -1.5, true])
          : { made: true };
    }
  }

  function object(schema: Schema, style: Style): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const isWanted = schema.required?.includes(name) || (style === 'wild' ? random() < 0.5 : style === 'plain');
      if (isWanted) value[name] = valid(field, style, name);
    }
    const { additionalProperties } = schema;
    if (typeof additionalProperties === 'object' && style === 'wild' && random() < 0.5) {
      value[`key_${between(0, 99)}`] = valid(additionalProperties, style);
    }
    return value;
  }

  function text({ format, pattern, minLength = 0, maxLength = 60 }: Schema, style: Style): string {
    serial += 1;
    const unique = `${serial.toString(36)}${createHash('sha1').update(`${seed}.${serial}`).digest('hex').slice(0, 8)}`;
    if (format === 'uuid') return uuidOf(unique);
    if (format === 'date-time') return new Date(Date.UTC(2026, 0, 1) + between(0, 31_000_000) * 1_000).toISOString();
    if (format === 'email') return `${unique}@example.com`;
    if (format === 'uri') return `https://example.com/${unique}`;
    if (pattern !== undefined) {
      const found = [
        `x${unique}`,
        `a-${unique}`,
        `a.${unique}`,
        'a',
        '1',
        '*',
        '123456',
        `/${unique}/`,
        'event',
        'auto',
        '2026-11',
        HEAD,
      ].find((one) => new RegExp(pattern, 'u').test(one));
      if (found === undefined) throw new Error(`add a sample for the pattern ${pattern}`);
      return found === HEAD ? found : found.slice(0, maxLength);
    }
    const said =
      style === 'wild' ? `${unique}${Array.from({ length: between(0, 8) }, () => pick(LETTERS)).join('')}` : `t${unique}`;
    // Half of a pair is no text.
    return said
      .padEnd(minLength, 'x')
      .slice(0, maxLength)
      .replace(/[\ud800-\udbff]$/, '');
  }

  function boundary(schema: Schema, base: unknown): Variant[] {
    return walk(schema, base, ({ schema: field }) => {
      const edges: Variant[] = [];
      const { type, minimum, maximum, minLength = 0, maxLength, items, minItems = 0, maxItems } = field;
      if (type === 'integer' || type === 'number') {
        for (const edge of [minimum, maximum]) if (edge !== undefined) edges.push({ name: `is ${edge}`, value: edge });
        if (lowest(field) <= 0 && highest(field) >= 0) edges.push({ name: 'is zero', value: 0 });
      }
      if (type === 'string' && field.pattern === undefined && field.format === undefined && !field.enum) {
        edges.push({ name: 'is the shortest', value: 'x'.repeat(minLength) });
        if (maxLength !== undefined && maxLength <= 10_000) edges.push({ name: 'is the longest', value: 'ü'.repeat(maxLength) });
      }
      if (type === 'array' && items) {
        edges.push({ name: 'has the fewest items', value: Array.from({ length: minItems }, () => valid(items)) });
        if (maxItems !== undefined && maxItems <= 100)
          edges.push({ name: 'has the most items', value: Array.from({ length: maxItems }, () => valid(items)) });
      }
      for (const one of field.enum ?? []) edges.push({ name: `is ${one}`, value: one });
      return edges;
    });
  }

  function invalid(schema: Schema, base: unknown): Variant[] {
    return walk(schema, base, ({ schema: field, isRequired }) => {
      const wrong: Variant[] = WRONG_TYPES.map((value) => ({ name: `is ${JSON.stringify(value)}`, value }));
      const { type, minimum, maximum, minLength = 0, maxLength, items, minItems = 0, maxItems } = field;
      if (isRequired) wrong.push({ name: 'is missing', value: undefined });
      if (minimum !== undefined) wrong.push({ name: 'is too small', value: minimum - 1 });
      if (maximum !== undefined) wrong.push({ name: 'is too large', value: maximum + 1 });
      if (type === 'integer') wrong.push({ name: 'is a fraction', value: 1.5 });
      if (minLength > 0) wrong.push({ name: 'is too short', value: '' });
      if (maxLength !== undefined) wrong.push({ name: 'is too long', value: 'x'.repeat(maxLength + 1) });
      if (field.enum) wrong.push({ name: 'is no choice', value: 'no-such-choice' });
      if (field.pattern !== undefined) wrong.push({ name: 'is of another pattern', value: ' \t§ ' });
      if (type === 'array' && items && minItems > 0) wrong.push({ name: 'has too few items', value: [] });
      if (type === 'array' && items && maxItems !== undefined && maxItems <= 2_000)
        wrong.push({ name: 'has too many items', value: Array.from({ length: maxItems + 1 }, () => valid(items, 'bare')) });
      if (type === 'object')
        wrong.push({ name: 'has an unknown field', value: { ...(valid(field) as object), no_such_field: 1 } });
      return wrong;
    });
  }

  /** Asks for variants of every part of a value, and puts each in its place. */
  function walk(
    given: Schema,
    value: unknown,
    variantsOf: (place: { schema: Schema; isRequired: boolean }) => Variant[],
    depth = 0,
    isRequired = false,
  ): Variant[] {
    const { schema } = resolve(given);
    const variants = variantsOf({ schema, isRequired });
    const choice = (schema.anyOf ?? schema.oneOf)?.[0];
    if (choice) return [...variants, ...walk(choice, value, variantsOf, depth)];
    if (depth > 4) return variants;
    if (Array.isArray(value) && schema.items && value.length > 0) {
      for (const { name, value: changed } of walk(schema.items, value[0], variantsOf, depth + 1)) {
        variants.push({ name: `0/${name}`, value: [changed, ...value.slice(1)] });
      }
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, field] of Object.entries(schema.properties ?? {})) {
        const own = (value as Record<string, unknown>)[key];
        for (const { name, value: changed } of walk(field, own, variantsOf, depth + 1, schema.required?.includes(key))) {
          const { [key]: _, ...others } = value as Record<string, unknown>;
          variants.push({ name: `${key}/${name}`, value: changed === undefined ? others : { ...others, [key]: changed } });
        }
      }
    }
    return variants;
  }

  const generator: Generator = { random, pick, valid, boundary, invalid };
  return generator;
}

const LETTERS = ['a', 'Z', '0', ' ', '"', "'", '\\', '<', '%', '_', 'é', '漢', '😀', '\n', '\u202e', '{{', '${', ';--'];
const WRONG_TYPES: readonly unknown[] = [null, true, 7, -1e300, 'text', [], {}, [null], 'a\u0000b', '\ud800'];

function uuidOf(text: string): string {
  const hex = createHash('sha1').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function lowest({ minimum, exclusiveMinimum }: Schema): number {
  return minimum ?? (exclusiveMinimum === undefined ? -1_000 : exclusiveMinimum + 1);
}

function highest({ maximum, exclusiveMaximum }: Schema): number {
  return maximum ?? (exclusiveMaximum === undefined ? 1_000 : exclusiveMaximum - 1);
}
