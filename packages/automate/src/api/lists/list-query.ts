import { z } from 'zod';
import {
  commonErrors,
  type Filter,
  type FilterSet,
  hasScope,
  invalidInput,
  type OrderTerm,
  type Principal,
  RAW_PAYLOAD_SCOPE,
} from '../../kernel/index.ts';
import { clip } from '../http/problem.ts';
import { PageQuery } from './pagination.ts';

/** What a list can be asked for. */
export interface ListFeatures {
  readonly filters: FilterSet;
  readonly ordering: readonly string[];
  readonly searchFields: readonly string[];
  /** Columns that are shown redacted. */
  readonly redacted?: readonly string[];
}

const NEEDS_RAW = `Looks into what is shown redacted, so it needs \`${RAW_PAYLOAD_SCOPE}\`.`;

/** The query schema of a list: page, ordering, search where there is something to search, and its filters. */
export function listQuerySchema(features: ListFeatures, pagination: z.ZodObject = PageQuery): z.ZodObject {
  const { ordering, searchFields } = features;
  const shape: Record<string, z.ZodType> = { ...pagination.shape };
  const columns = [...new Set(ordering.map((term) => parseTerm(term).column))];
  if (columns.length > 0) {
    const described = `Columns to order by, separated by commas; a leading - is descending. One of: ${columns.join(', ')}.`;
    shape.ordering = z.string().max(500).optional().describe(described);
  }
  if (searchFields.length > 0) {
    shape.search = z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(`Text to look for in ${searchFields.join(', ')}.`);
  }
  for (const [name, filter] of Object.entries(features.filters)) {
    shape[name] = (filter.operator === 'in' ? z.array(filter.schema).min(1).max(100) : filter.schema).optional();
  }
  for (const name of rawParameters(features)) {
    const schema = shape[name];
    if (schema) shape[name] = schema.describe([schema.description, NEEDS_RAW].filter(Boolean).join(' '));
  }
  return z.object(shape);
}

/** Query parameters whose answer tells what is hidden in the rows. Some orders of a list do too: see {@link requireRaw}. */
function rawParameters({ filters, searchFields, redacted = [] }: ListFeatures): string[] {
  const found = Object.entries(filters).filter(([, { column, isRaw }]) => isRaw ?? redacted.includes(column));
  const isSearchRaw = searchFields.some((column) => redacted.includes(column));
  return [...found.map(([name]) => name), ...(isSearchRaw ? ['search'] : [])];
}

/**
 * Whoever sees a column redacted must not find out what it holds by searching, filtering or ordering.
 * @throws AppError `forbidden` naming the scope and the parameters
 */
export function requireRaw(query: Readonly<Record<string, unknown>>, features: ListFeatures, principal: Principal | null): void {
  const { redacted = [] } = features;
  const isOrderRaw =
    redacted.length > 0 &&
    requestedOrder(query.ordering as string | undefined, features.ordering).some(({ column }) => redacted.includes(column));
  const asked = [...rawParameters(features).filter((name) => query[name] !== undefined), ...(isOrderRaw ? ['ordering'] : [])];
  if (asked.length === 0 || (principal && hasScope(principal, RAW_PAYLOAD_SCOPE))) return;
  throw commonErrors.forbidden(
    `The scope ${RAW_PAYLOAD_SCOPE} is needed to look into what is shown redacted, as these do: ${asked.join(', ')}.`,
  );
}

/** The filters a request asked for. */
export function requestedFilters(query: Readonly<Record<string, unknown>>, definitions: ListFeatures['filters']): Filter[] {
  const filters: Filter[] = [];
  for (const [name, { column, operator }] of Object.entries(definitions)) {
    if (Object.hasOwn(query, name) && query[name] !== undefined) filters.push({ column, operator, value: query[name] });
  }
  return filters;
}

/** The order a request asked for, else the default; always ends with `id`, so that it is total. */
export function requestedOrder(requested: string | undefined, ordering: readonly string[]): OrderTerm[] {
  if (requested === undefined) return withPrimaryKey(ordering.slice(0, 1).map(parseTerm));
  const known = new Set(ordering.map((term) => parseTerm(term).column));
  const terms = requested.split(',').map(parseTerm);
  const isRepeated = new Set(terms.map((term) => term.column)).size !== terms.length;
  const unknown = terms.find((term) => !known.has(term.column));
  if (!unknown && !isRepeated) return withPrimaryKey(terms);
  const problem = unknown ? `cannot order by "${clip(unknown.column, 40)}"` : 'names a column twice';
  const columns = [...known].toSorted();
  const message = `${problem}; known: ${columns.join(', ')}`;
  throw invalidInput([{ pointer: '/query/ordering', code: 'unknown_ordering', message, known: columns }]);
}

function parseTerm(term: string): OrderTerm {
  return term.startsWith('-') ? { column: term.slice(1), descending: true } : { column: term, descending: false };
}

function withPrimaryKey(terms: readonly OrderTerm[]): OrderTerm[] {
  const position = terms.findIndex((term) => term.column === 'id');
  // Ids are unique, so what follows one cannot change the order.
  if (position !== -1) return terms.slice(0, position + 1);
  return [...terms, { column: 'id', descending: terms.at(-1)?.descending ?? true }];
}
