import { z } from 'zod';
import {
  type FilterSet,
  invalidModel,
  type Model,
  type ModelStore,
  type Row,
  requireSound,
  type Scope,
} from '../../kernel/index.ts';
import type { Context, MaybePromise } from '../http/context.ts';
import { apiErrors } from '../http/errors.ts';
import { type ListFeatures, listQuerySchema } from '../lists/list-query.ts';
import { MAX_LIMIT, type Page, pageOf } from '../lists/pagination.ts';
import { keysetPagination, type Pagination } from '../lists/pagination-styles.ts';
import type { Relations } from '../lists/relations.ts';
import { type ListParameters, requestedList } from '../lists/requested-list.ts';
import type { OperationOptions } from '../operations/operation.ts';
import { BaseViewSet, type StandardAction } from '../views/viewset.ts';

/**
 * Lists and retrieves the rows of a model, within the caller's tenant.
 * @example
 * class AuditViewSet extends BaseReadOnlyViewSet { readonly model = AuditModel; }
 */
export abstract class BaseReadOnlyViewSet<M extends Model = Model> extends BaseViewSet {
  // Two signatures, for the compiler alone: it makes a generic class with a single one lose its static members when mixins
  // are nested, as in `RateLimitMixin(StaffOnlyMixin(BaseModelViewSet))` (TypeScript 7.0).
  constructor();
  constructor(...none: never[]);
  // biome-ignore lint/complexity/noUselessConstructor: it carries the two signatures above.
  constructor() {
    super();
  }

  abstract readonly model: M;
  /** What goes out of a row. Default: the model's schema. */
  responseSchema: z.ZodObject | undefined = undefined;
  /** Columns `?ordering=` may name; the first is the default. Default: the model's. */
  ordering: readonly string[] | undefined = undefined;
  /** Made by `filterBy`. Default: the model's. */
  filters: FilterSet | undefined = undefined;
  searchFields: readonly string[] | undefined = undefined;
  /** What `?expand=` may add to a row. */
  relations: Relations = {};
  /** How the list is cut into pages. */
  pagination: Pagination = keysetPagination;
  /** Rows of a page when the client does not say; `AUTOMATE_API_PAGE_SIZE` changes the default. */
  pageSize: number = this.getSetting('PAGE_SIZE', 25);

  async list(ctx: Context): Promise<Page<Row<M>>> {
    const query = ctx.query as ListParameters;
    const scope = this.getQuery(ctx);
    if (!scope) return { results: [], next: null, previous: null, ...(query.count && { count: 0 }) };
    const models = this.getStore(ctx);
    const { model, filters, search, order } = requestedList(this, ctx);
    return this.pagination.paginate(ctx, {
      order,
      columns: this.model.schema,
      pageSize: this.pageSize,
      bound: [filters, search],
      load: async (window) => presentAll(this, await models.list(model, { ...window, filters, search, order }, scope), ctx),
      count: () => models.count(model, { filters, search }, scope),
    });
  }

  retrieve(ctx: Context): MaybePromise<Row<M>> {
    return this.present(ctx.row as Row<M>, ctx);
  }

  /** A row as it goes out, in lists, alone and in exports; override it to hide or to compute. The order's columns must stay. */
  present(row: Row<M>, _ctx: Context): Row<M> {
    return row;
  }

  /** The row a detail route is about, by its id, or by its slug where it has one; called before the handler of every detail route. */
  getObject(ctx: Context): MaybePromise<Row<M> | undefined> {
    const scope = this.getQuery(ctx);
    const id = ctx.params[this.lookup];
    const { id: idSchema, slug } = this.model.schema.shape;
    // Not there is told by whoever asked: the same answer for every viewset.
    if (!scope || id === undefined) return undefined;
    if (!idSchema || z.safeParse(idSchema, id).success) return this.getStore(ctx).get(this.model, id, scope);
    // What can be neither cannot be found: the same answer as for another tenant's row, and the store is not asked.
    return slug && SLUG.test(id) ? this.findBySlug(id, ctx, scope) : undefined;
  }

  private async findBySlug(value: string, ctx: Context, scope: Scope): Promise<Row<M> | undefined> {
    const filters = [{ column: 'slug', operator: 'exact' as const, value }];
    const order = [{ column: 'id', descending: false }];
    return (await this.getStore(ctx).list(this.model, { filters, order, limit: 1 }, scope))[0];
  }

  /** Where the rows are. */
  getStore(ctx: Context): ModelStore {
    return ctx.services.models;
  }

  /** Ordering, filters and search of the list: the viewset's where it names them, else the model's. */
  getListFeatures(): ListFeatures {
    return {
      ordering: this.ordering ?? this.model.ordering,
      filters: this.filters ?? this.model.filters,
      searchFields: this.searchFields ?? this.model.searchFields,
      redacted: this.model.redacted,
    };
  }

  getResponseSchema(): z.ZodObject {
    return this.responseSchema ?? this.model.schema;
  }

  override getScopeResource(): string | undefined {
    return this.scopeResource ?? this.model.table;
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    const response = this.getResponseSchema();
    const { name } = this.model;
    if (action === 'retrieve') return { summary: `Get one ${name}`, response, shaped: true };
    if (action !== 'list') return undefined;
    if (!Number.isInteger(this.pageSize) || this.pageSize < 1 || this.pageSize > MAX_LIMIT) {
      throw apiErrors.invalid_settings(`The page size of ${this.constructor.name} must be an integer from 1 to ${MAX_LIMIT}.`);
    }
    requireSound({ ...this.model, ...this.getListFeatures() });
    const taken = Object.keys(this.getListFeatures().filters).find((filter) =>
      Object.hasOwn(this.pagination.querySchema.shape, filter),
    );
    if (taken !== undefined)
      throw invalidModel(name, `the filter "${taken}" has the name of a parameter of its pages: give it another.`);
    return {
      summary: `List ${this.model.table.replaceAll('_', ' ')}`,
      query: listQuerySchema(this.getListFeatures(), this.pagination.querySchema),
      response: pageOf(response),
      shaped: true,
    };
  }
}

const SLUG = /^[a-z0-9][a-z0-9_.-]{0,99}$/;

/** Rows as they go out. */
export function presentAll<M extends Model>(
  viewset: BaseReadOnlyViewSet<M>,
  rows: readonly Row<M>[],
  ctx: Context,
): readonly Row<M>[] {
  return viewset.present === BaseReadOnlyViewSet.prototype.present ? rows : rows.map((row) => viewset.present(row, ctx));
}
