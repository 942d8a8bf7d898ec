import { z } from 'zod';

/** Names of the fields a reply, or each of its `results`, may have; undefined when its schema has no fields. */
export function fieldNames(response: z.ZodType | undefined): readonly string[] | undefined {
  if (!(response instanceof z.ZodObject)) return undefined;
  const { results } = response.shape;
  const row = results instanceof z.ZodArray ? results.element : response;
  return row instanceof z.ZodObject ? Object.keys(row.shape) : undefined;
}

/** Keeps the fields asked for, of a row or of each row of a page. */
export function pickFields(value: unknown, fields: readonly string[]): unknown {
  const page = value as { readonly results?: readonly Record<string, unknown>[] };
  if (Array.isArray(page.results)) return { ...page, results: page.results.map((row) => pick(row, fields)) };
  return pick(value as Record<string, unknown>, fields);
}

function pick(row: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const field of fields) if (Object.hasOwn(row, field)) picked[field] = row[field];
  return picked;
}
