import { z } from 'zod';
import { AppError, inexactNumberIssue, invalidInput, isExactNumber, numberOutOfRange, parseJson } from '../../kernel/index.ts';
import { clip } from '../http/problem.ts';
import type { RawQuery } from '../http/request.ts';
import { inputError } from './input-issues.ts';
import { decoded, NO_QUERY, rawPairs } from './query-string.ts';

/** A query schema made ready at registration: which parameters exist and how their text becomes a value. */
export interface QueryReader {
  /** @param url of the request, for lists: a comma that stands as it is separates values, one that is escaped belongs to a value */
  read(raw: RawQuery, url: string): unknown;
}

/**
 * Prepares a query schema. Numbers and booleans may be declared as such (`z.int()`, `z.boolean()`): the text is converted
 * when it is plainly one. Unknown parameters, and repeated ones that are not arrays, are refused.
 */
export function createQueryReader(schema: z.ZodObject): QueryReader {
  const kinds = new Map(Object.entries(schema.shape).map(([name, field]) => [name, kindOf(field as z.ZodType)]));
  // Most requests bring no parameters: what the schema makes of none is known when it is nothing.
  const ofNone = schema.safeParse({});
  const none = ofNone.success && Object.keys(ofNone.data).length === 0 ? Object.freeze(ofNone.data) : undefined;
  return {
    read(raw, url) {
      if (raw === NO_QUERY && none) return none;
      const values: Record<string, unknown> = {};
      for (const name in raw) {
        const kind = kinds.get(name);
        if (kind === undefined) throw unknownParameter(name, [...kinds.keys()]);
        const given = raw[name] as string | string[];
        values[name] =
          typeof kind === 'object' ? toList(name, given, kind, () => listItems(url, name)) : convert(name, given, kind);
      }
      const parsed = schema.safeParse(values);
      if (!parsed.success) throw inputError(parsed.error, '/query');
      return parsed.data;
    },
  };
}

type Scalar = 'text' | 'number' | 'boolean' | 'json';
/** Of a list, with what one of its values has to be. */
type Kind = Scalar | { readonly items: Scalar; readonly element: z.ZodType };

function kindOf(schema: z.ZodType): Kind {
  if (schema instanceof z.ZodArray) {
    const items = kindOf(schema.element as z.ZodType);
    return { items: typeof items === 'string' ? items : 'text', element: schema.element as z.ZodType };
  }
  // Of what is no single text, number or boolean, JSON is the way to write it.
  if (schema instanceof z.ZodLazy || schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'json';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodPipe) return kindOf(schema.in as z.ZodType);
  if ('innerType' in schema.def) return kindOf(schema.def.innerType as z.ZodType);
  return 'text';
}

const NUMBER = /^-?\d{1,400}(?:\.\d{1,400})?$/;

/**
 * A list may be written `a=1&a=2` or `a=1,2`. An escaped comma (`%2C`) is part of a value (RFC 3986, 2.2), as far as the schema knows such values:
 * else it separates them too, since many clients escape all of them.
 */
function toList(
  name: string,
  given: string | string[],
  { items, element }: { items: Scalar; element: z.ZodType },
  itemsOf: () => readonly string[],
): unknown[] {
  const written = [given].flat();
  if (!written.some((item) => item.includes(','))) return written.map((item) => toScalar(name, item, items));
  return itemsOf().flatMap((item) => {
    const whole = toScalar(name, item, items);
    if (!item.includes(',') || element.safeParse(whole).success) return [whole];
    return item.split(',').map((part) => toScalar(name, part, items));
  });
}

/** The values of a parameter as they stand between commas that are not escaped. */
function listItems(url: string, wanted: string): string[] {
  return rawPairs(url).flatMap(({ name, value }) => (name === wanted ? value.split(',').map(decoded) : []));
}

function convert(name: string, value: string | string[], kind: Scalar): unknown {
  if (Array.isArray(value)) {
    throw invalidInput([{ pointer: `/query/${clip(name, 40)}`, code: 'repeated', message: 'may be given only once' }]);
  }
  return toScalar(name, value, kind);
}

/** What does not look like the kind stays text, and the schema then says what it expected. */
function toScalar(name: string, value: string, kind: Scalar): unknown {
  if (kind === 'number' && NUMBER.test(value)) {
    if (!isExactNumber(value)) throw numberOutOfRange(inexactNumberIssue(`/query/${name}`, value));
    return Number(value);
  }
  if (kind === 'json') return parsed(name, value);
  if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** A text that is no JSON is a text. */
function parsed(name: string, value: string): unknown {
  try {
    return parseJson(value, `/query/${name}`);
  } catch (error) {
    if (AppError.is(error)) throw error;
    return value;
  }
}

function unknownParameter(name: string, parameters: readonly string[]) {
  const known = parameters.toSorted();
  const list = known.length === 0 ? 'none' : known.join(', ');
  const message = 'is not a known query parameter';
  return invalidInput(
    [{ pointer: `/query/${clip(name, 40)}`, code: 'unknown_parameter', message, known }],
    `Unknown query parameter "${clip(name, 40)}". Known: ${list}.`,
  );
}
