import type { JsonColumns } from './catalog.store.ts';

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
