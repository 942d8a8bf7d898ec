/** JSON Schema, as far as it makes a field. */
export interface FieldSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

export interface AskedField {
  readonly name: string;
  readonly schema: FieldSchema;
  readonly isRequired: boolean;
}

/** What is filled in, by the name of its property: a text, or whether a box is ticked. */
export type Filled = Readonly<Record<string, string | boolean>>;

/** A field for each property: those that are required first, in the order they are named in, since objects keep none on their way. */
export function fieldsOf({ properties = {}, required = [] }: FieldSchema): readonly AskedField[] {
  const needed = [...new Set(required)].filter((name) => Object.hasOwn(properties, name));
  const others = Object.keys(properties).filter((name) => !needed.includes(name));
  return [...needed, ...others].map((name, index) => ({
    name,
    schema: properties[name] ?? {},
    isRequired: index < needed.length,
  }));
}

/** What stands in the fields at first. */
export function presetsOf(fields: readonly AskedField[]): Filled {
  return Object.fromEntries(
    fields.flatMap(({ name, schema }): [string, string | boolean][] => {
      if (isBox(schema)) return [[name, schema.default === true]];
      if (schema.default === undefined) return [];
      const isText = typeof schema.default === 'string' && !schema.enum;
      return [[name, isText ? String(schema.default) : JSON.stringify(schema.default)]];
    }),
  );
}

export function isBox({ type, enum: choices }: FieldSchema): boolean {
  return type === 'boolean' && !choices;
}

/** What was filled in, as the approval wants it. What was left empty is left out; what does not fit is sent as it is, and refused by the server. */
export function dataOf(fields: readonly AskedField[], filled: Filled): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, schema }): [string, unknown][] => {
      const value = filled[name];
      if (isBox(schema)) return [[name, value === true]];
      return typeof value === 'string' && value !== '' ? [[name, readAs(schema, value)]] : [];
    }),
  );
}

function readAs({ type, format, enum: choices }: FieldSchema, text: string): unknown {
  if (choices) return JSON.parse(text);
  if (type === 'string') return format === 'date-time' ? inUtc(text) : text;
  if (type === 'number' || type === 'integer') return isKept(text) ? Number(text) : text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether a number is the same afterwards. One that is not stays a text, for the server to refuse. */
function isKept(text: string): boolean {
  const number = Number(text);
  if (!Number.isFinite(number)) return false;
  return !/^-?\d+$/.test(text.trim()) || Math.abs(number) < 2 ** 53 || BigInt(text.trim()) === BigInt(number);
}

/** A date and time where the browser is. */
function inUtc(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}
