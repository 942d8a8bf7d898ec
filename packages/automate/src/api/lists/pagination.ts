import { z } from 'zod';
import type { OrderTerm } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { decoded, rawPairs } from '../input/query-string.ts';
import { decodeCursor, encodeCursor, fingerprintOf } from './cursor.ts';

/** The most rows a page may have. */
export const MAX_LIMIT = 200;

export interface Page<Row> {
  readonly results: readonly Row[];
  /** Absolute path of the next page, with the other parameters kept; null on the last. */
  readonly next: string | null;
  readonly previous: string | null;
  /** Rows in all pages; only with `?count=true`. */
  readonly count?: number;
}

/** The query parameters of every list. */
export const PageQuery = z.object({
  cursor: z.string().max(8_192).optional().describe('Where the page starts; taken from `next` or `previous`.'),
  limit: z.int().min(1).max(MAX_LIMIT).optional().describe('Rows of a page.'),
  count: z.boolean().optional().describe('Adds `count`, the rows in all pages.'),
});

/** The schema of a page of rows. @example response: pageOf(Workflow) */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    results: z.array(row),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    count: z.int().min(0).optional(),
  });
}

/** What a page needs from a store. */
export interface PageWindow {
  /** Values of the order's columns to start after or, when `backward`, to end before. */
  readonly after: readonly unknown[] | undefined;
  readonly backward: boolean;
  /** One more than the page has, to learn whether there is another. */
  readonly limit: number;
  /** Rows to pass over. */
  readonly offset?: number;
}

export interface PaginateOptions<Row> {
  /** Ends with a unique column. */
  readonly order: readonly OrderTerm[];
  /** Schema of the rows' columns; cursor values are checked against it. */
  readonly columns: z.ZodObject;
  readonly pageSize: number;
  /** Filters and search that a cursor is bound to. */
  readonly bound?: unknown;
  /** Rows of a window, in the list's order also when `backward`. */
  load(window: PageWindow): Promise<readonly Row[]>;
  count?(): Promise<number>;
  /** Whether rows lie beyond those that were loaded, where a page may be shorter than its limit. Default: when there is one too many. */
  hasMore?(): boolean;
}

/**
 * One page of a list by keyset: the same cost on every page, and no row twice when others are added meanwhile.
 * The operation's `query` must hold the fields of {@link PageQuery}.
 * @example
 * return paginate(ctx, { order: [{ column: 'id', descending: true }], columns: Report, pageSize: 25, load: (window) => reports.list(window) });
 */
export async function paginate<Row>(
  ctx: Context<unknown, z.output<typeof PageQuery>>,
  options: PaginateOptions<Row>,
): Promise<Page<Row>> {
  const { order, columns } = options;
  const { cursor: text, limit = options.pageSize, count } = ctx.query;
  const fingerprint = fingerprintOf(ctx.route.operationId, order, options.bound);
  const cursor = text === undefined ? undefined : decodeCursor(text, { fingerprint, order, columns });
  const backward = cursor?.backward ?? false;

  const loading = options.load({ after: cursor?.values, backward, limit: limit + 1 });
  const [loaded, total] = count && options.count ? await Promise.all([loading, options.count()]) : [await loading, undefined];
  const isTooMany = loaded.length > limit;
  const hasMore = options.hasMore?.() ?? isTooMany;
  // The row too many is the one farthest from the cursor.
  const results = !isTooMany ? loaded : backward ? loaded.slice(1) : loaded.slice(0, limit);
  const linkBeside = (values: readonly unknown[] | undefined, isBackward: boolean): string =>
    linkTo(ctx, { cursor: encodeCursor({ values, backward: isBackward }, fingerprint), limit });
  const link = (row: Row | undefined, isBackward: boolean): string | null =>
    row === undefined
      ? null
      : linkBeside(
          order.map(({ column }) => (row as Record<string, unknown>)[column] ?? null),
          isBackward,
        );
  // A page whose rows have gone meanwhile has no row to lead on from: back it leads to the last page, and forth to the first.
  const isEmptied = results.length === 0 && cursor?.values !== undefined;
  const hasNext = backward ? cursor?.values !== undefined : hasMore;
  const hasPrevious = backward ? hasMore : cursor?.values !== undefined;
  const next = isEmptied && backward ? linkTo(ctx, { cursor: null, limit }) : hasNext ? link(results.at(-1), false) : null;
  const previous = isEmptied && !backward ? linkBeside(undefined, true) : hasPrevious ? link(results[0], true) : null;
  return total === undefined ? { results, next, previous } : { results, next, previous, count: total };
}

/** The page behind a row, for a link from elsewhere: of the list of that operation, without filters. */
export function pageBehind(list: {
  path: string;
  operationId: string;
  order: readonly OrderTerm[];
  bound?: unknown;
  values: readonly unknown[];
}): string {
  const { path, operationId, order, bound, values } = list;
  return `${path}?cursor=${encodeCursor({ values, backward: false }, fingerprintOf(operationId, order, bound))}`;
}

/** The list's own address with these parameters instead; those that are kept come first, with the commas of their lists as they are. */
export function linkTo(ctx: Pick<Context, 'request'>, parameters: Readonly<Record<string, string | number | null>>): string {
  let text = '';
  for (const { name, value } of rawPairs(ctx.request.url)) {
    if (Object.hasOwn(parameters, name)) continue;
    const written = value.split(',').map((part) => encodeURIComponent(decoded(part)));
    text += `${encodeURIComponent(name)}=${written.join(',')}&`;
  }
  // Cursors (base64url) and numbers need no escaping.
  for (const [name, value] of Object.entries(parameters)) if (value !== null) text += `${name}=${value}&`;
  return text === '' ? ctx.request.path : `${ctx.request.path}?${text.slice(0, -1)}`;
}
