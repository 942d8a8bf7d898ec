import type { Queryable } from '../port/port.ts';

/** Which columns of a table hold JSON, and how. Values say nothing of that: a list may be one of PostgreSQL's arrays or one of JSON's. */
export interface JsonColumns {
  /** Columns of `json` or `jsonb`, with whether they may be null. */
  readonly single: ReadonlyMap<string, { readonly isNullable: boolean }>;
  /** Arrays of those. */
  readonly arrays: ReadonlySet<string>;
}

const KNOWN = new Map<string, JsonColumns>();

/** The columns of a table that hold JSON, domains over it included. Asked before the first statement about each table, and then known. */
export async function jsonColumnsOf(connection: Queryable, table: string): Promise<JsonColumns> {
  const known = KNOWN.get(table);
  if (known) return known;
  const { rows } = await connection.query<{ name: string; is_json: boolean; is_array: boolean; is_nullable: boolean }>(
    `select attname::text as name, base in ('json'::regtype, 'jsonb'::regtype) as is_json,
            base in ('json[]'::regtype, 'jsonb[]'::regtype) as is_array, not attnotnull as is_nullable
     from pg_attribute join pg_type on pg_type.oid = atttypid, coalesce(nullif(typbasetype, 0), pg_type.oid) as base
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [table],
  );
  const columns: JsonColumns = {
    single: new Map(rows.filter(({ is_json }) => is_json).map(({ name, is_nullable }) => [name, { isNullable: is_nullable }])),
    arrays: new Set(rows.filter(({ is_array }) => is_array).map(({ name }) => name)),
  };
  // A table that is not there yet may come.
  if (rows.length > 0) KNOWN.set(table, columns);
  return columns;
}

/** A value as it is stored in its column: the text of JSON where the column holds that, else as it is. */
export function toColumnValue(columns: JsonColumns, column: string, value: unknown): unknown {
  const json = columns.single.get(column);
  // Null is none in a column that may have none, and JSON's own in another.
  if (json) return value === null && json.isNullable ? null : JSON.stringify(value);
  if (columns.arrays.has(column) && Array.isArray(value)) return value.map((item) => JSON.stringify(item));
  return isPlainObject(value) ? JSON.stringify(value) : value;
}

/** Neither driver can put it into a column that holds no JSON; as text it goes into one of text. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date) && !(value instanceof Uint8Array);
}
