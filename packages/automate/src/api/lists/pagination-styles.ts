import { z } from 'zod';
import type { Context } from '../http/context.ts';
import { linkTo, MAX_LIMIT, type Page, PageQuery, type PaginateOptions, paginate } from './pagination.ts';

/** How a list is cut into pages; the `pagination` of a viewset. */
export interface Pagination {
  /** Its query parameters. */
  readonly querySchema: z.ZodObject;
  paginate<Row>(ctx: Context, options: PaginateOptions<Row>): Promise<Page<Row>>;
}

/** By a cursor: every page costs the same, and no row appears twice when others are added meanwhile. The default. */
export const keysetPagination: Pagination = {
  querySchema: PageQuery,
  paginate: (ctx, options) => paginate(ctx as Context<unknown, z.output<typeof PageQuery>>, options),
};

const PageNumberQuery = z.object({
  page: z.int().min(1).max(10_000).optional().describe('Number of the page, from 1.'),
  limit: PageQuery.shape.limit,
});

/**
 * By page numbers, with a total: for small tables and people who want to jump. Each page reads all before it.
 * @example
 * override pagination = pageNumberPagination; // GET /notes/?page=3
 */
export const pageNumberPagination: Pagination = {
  querySchema: PageNumberQuery,
  async paginate(ctx, { pageSize, load, count }) {
    const { page = 1, limit = pageSize } = ctx.query as z.output<typeof PageNumberQuery>;
    const [loaded, total] = await Promise.all([
      load({ after: undefined, backward: false, limit: limit + 1, offset: (page - 1) * limit }),
      count?.(),
    ]);
    return {
      results: loaded.slice(0, limit),
      next: loaded.length > limit ? linkTo(ctx, { page: page + 1 }) : null,
      previous: page > 1 ? linkTo(ctx, { page: page - 1 }) : null,
      ...(total !== undefined && { count: total }),
    };
  },
};

/**
 * Everything at once, up to 1,000 rows: for short lists that a form shows whole.
 * @example
 * override pagination = unpaginated;
 */
export const unpaginated: Pagination = {
  querySchema: z.object({}),
  async paginate(_ctx, { load }) {
    return { results: await load({ after: undefined, backward: false, limit: MAX_LIMIT * 5 }), next: null, previous: null };
  },
};
