import type { Schema } from './document.ts';
import { pascalCase } from './names.ts';

export interface TypeOptions {
  /** Stands before the name of a component, for example `schemas.`. */
  readonly prefix?: string;
  /** Of what is sent in a query: lists may be read-only, and a time may be a `Date`. */
  readonly isQuery?: boolean;
}

type Keywords = Readonly<Record<string, unknown>>;

/** The TypeScript type of a JSON Schema 2020-12. What a type cannot say (lengths, patterns) is left out; what is not known is `unknown`. */
export function toType(schema: Schema, options: TypeOptions = {}): string {
  if (schema === true) return 'unknown';
  if (schema === false) return 'never';
  const parts = [...constraints(schema, options)].filter((part) => part !== 'unknown');
  return parts.length === 0 ? 'unknown' : intersection(parts);
}

/** A comment, on one line or more; '' without text. */
export function comment(...lines: readonly (string | false | undefined)[]): string {
  const text = lines.filter((line) => typeof line === 'string' && line !== '').join('\n');
  if (text === '') return '';
  const safe = text.replaceAll('*/', '*\\/').split('\n');
  return safe.length === 1 ? `/** ${safe[0]} */\n` : `/**\n${safe.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

/** Everything that a schema demands at once. */
function* constraints(schema: Keywords, options: TypeOptions): Generator<string> {
  if (typeof schema.$ref === 'string') yield (options.prefix ?? '') + nameOfReference(schema.$ref);
  if (schema.not !== undefined && isAnything(schema.not as Schema)) yield 'never';
  if (schema.const !== undefined) {
    yield literal(schema.const);
    return;
  }
  if (Array.isArray(schema.enum)) {
    yield union(schema.enum.map(literal));
    return;
  }
  for (const keyword of ['oneOf', 'anyOf']) {
    if (Array.isArray(schema[keyword])) yield union(schema[keyword].map((item: Schema) => toType(item, options)));
  }
  if (Array.isArray(schema.allOf)) yield intersection(schema.allOf.map((item: Schema) => toType(item, options)));
  if (Array.isArray(schema.type)) yield union(schema.type.map((type: string) => ofKind(type, schema, options)));
  else if (typeof schema.type === 'string') yield ofKind(schema.type, schema, options);
  else if (schema.properties) yield objectType(schema, options);
  else if (schema.prefixItems ?? schema.items) yield arrayType(schema, options);
}

function ofKind(kind: string, schema: Keywords, options: TypeOptions): string {
  if (kind === 'object') return objectType(schema, options);
  if (kind === 'array') return arrayType(schema, options);
  if (kind === 'integer' || kind === 'number') return 'number';
  if (kind === 'string' && options.isQuery && schema.format === 'date-time') return 'string | Date';
  return ['string', 'boolean', 'null'].includes(kind) ? kind : 'unknown';
}

function objectType(schema: Keywords, options: TypeOptions): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const required = new Set((schema.required ?? []) as string[]);
  const more = schema.additionalProperties as Schema | undefined;
  const names = schema.propertyNames as { enum?: string[]; const?: string } | undefined;
  if (properties.length === 0) {
    if (more === false) return 'Record<string, never>';
    const value = toType(more ?? true, options);
    const known = names?.enum ?? (names?.const === undefined ? undefined : [names.const]);
    if (!known) return `{ [key: string]: ${value} }`;
    return `{ ${known.map((name) => `${literal(name)}${required.has(name) ? '' : '?'}: ${value}`).join('; ')} }`;
  }
  const fields = properties.map(([name, field]) => {
    const about = typeof field === 'object' ? comment(field.description as string | undefined) : '';
    return `${about}${literal(name)}${required.has(name) ? '' : '?'}: ${toType(field, options)};`;
  });
  // An index signature must hold for the named fields too.
  if (more !== undefined && more !== false) fields.push('[key: string]: unknown;');
  return `{\n${fields.join('\n')}\n}`;
}

function arrayType(schema: Keywords, options: TypeOptions): string {
  const modifier = options.isQuery ? 'readonly ' : '';
  const items = schema.items as Schema | undefined;
  if (!Array.isArray(schema.prefixItems)) {
    const type = `${modifier}${grouped(toType(items ?? true, options))}[]`;
    return type;
  }
  const members = schema.prefixItems.map((item: Schema) => toType(item, options));
  // What follows the first members is open unless `items` closes it.
  if (items !== undefined && items !== false) members.push(`...${grouped(toType(items, options))}[]`);
  return `${modifier}[${members.join(', ')}]`;
}

function union(types: readonly string[]): string {
  const known = [...new Set(types)].filter((type) => type !== 'never');
  if (known.includes('unknown')) return 'unknown';
  return known.length === 0 ? 'never' : known.join(' | ');
}

function intersection(types: readonly string[]): string {
  const known = [...new Set(types)].filter((type) => type !== 'unknown');
  if (known.length === 0) return 'unknown';
  return known.length === 1 ? (known[0] as string) : known.map(grouped).join(' & ');
}

function grouped(type: string): string {
  return /^[\w.]+$/.test(type) || /^\{[^{}]*\}$/.test(type) ? type : `(${type})`;
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}

function isAnything(schema: Schema): boolean {
  return schema === true || (typeof schema === 'object' && Object.keys(schema).length === 0);
}

function nameOfReference(reference: string): string {
  const name = reference.split('/').at(-1) ?? '';
  return pascalCase(decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
}
