import { hash } from 'node:crypto';
import { z } from 'zod';
import { commonErrors, type OrderTerm, parseJson } from '../../kernel/index.ts';

/** Where a page starts (or, backward, ends): the values of the order's columns in one row; without them, at the end of the list. */
export interface Cursor {
  readonly values: readonly unknown[] | undefined;
  readonly backward: boolean;
}

// Short names: the cursor travels in URLs. `f` ties it to the order, filters and search it was made for.
const Wire = z.strictObject({
  f: z.string().length(12),
  v: z.array(z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()])).max(16),
  b: z.literal(1).optional(),
});
const BASE64URL = /^[A-Za-z0-9_-]{1,8192}$/;

/** Writes a cursor; clients must not look inside. */
export function encodeCursor(cursor: Cursor, fingerprint: string): string {
  const v = cursor.values ?? [];
  const wire = cursor.backward ? { f: fingerprint, v, b: 1 } : { f: fingerprint, v };
  return Buffer.from(JSON.stringify(wire)).toString('base64url');
}

/**
 * Reads a cursor and checks each value against the schema of its column, since anyone can write one.
 * @throws `invalid_cursor` when it is malformed or was made for another order, filter or search.
 */
export function decodeCursor(
  text: string,
  options: { fingerprint: string; order: readonly OrderTerm[]; columns: z.ZodObject },
): Cursor {
  const wire = Wire.safeParse(parse(text));
  if (!wire.success) throw commonErrors.invalid_cursor('The cursor is not one that this list gave out.');
  const { f, v, b } = wire.data;
  if (f !== options.fingerprint) {
    throw commonErrors.invalid_cursor('The cursor belongs to another ordering, filter or search: start again without it.');
  }
  if (v.length === 0) return { values: undefined, backward: b === 1 };
  const { shape } = options.columns;
  const fits = options.order.every(({ column }, index) => !shape[column] || z.safeParse(shape[column], v[index]).success);
  if (v.length !== options.order.length || !fits) {
    throw commonErrors.invalid_cursor('The cursor is not one that this list gave out.');
  }
  return { values: v, backward: b === 1 };
}

/** Short name of everything a cursor depends on: the list, its order, and its filters and search. */
export function fingerprintOf(operationId: string, order: readonly OrderTerm[], bound: unknown): string {
  let facts = operationId;
  for (const { column, descending } of order) facts += descending ? ` -${column}` : ` +${column}`;
  if (bound !== undefined) facts += ` ${JSON.stringify(bound)}`;
  let fingerprint = remembered.get(facts);
  if (fingerprint !== undefined) return fingerprint;
  fingerprint = hash('sha256', facts, 'base64url').slice(0, 12);
  if (facts.length > MAX_REMEMBERED_LENGTH) return fingerprint;
  // Clients choose filters and search, so the memory needs an end.
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(facts, fingerprint);
  return fingerprint;
}

// A list is asked for in few ways and often, and hashing costs more than everything else about its links.
const remembered = new Map<string, string>();
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 1_000;

function parse(text: string): unknown {
  if (!BASE64URL.test(text)) return undefined;
  try {
    return parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
