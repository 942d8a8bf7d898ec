import type { z } from 'zod';
import { commonErrors, type Model, type ModelStore, type Row, type Scope, type WriteOptions } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import type { RawReply } from '../http/reply.ts';
import { partialSchema } from '../input/partial-schema.ts';
import { requireScope } from '../lists/requested-list.ts';
import type { OperationOptions } from '../operations/operation.ts';
import { exportQuerySchema, exportRows } from '../transfer/export.ts';
import { ImportQuery, ImportReport, importRows } from '../transfer/import.ts';
import { transferLimits } from '../transfer/limits.ts';
import { importTypes, mediaTypes } from '../transfer/upload.ts';
import type { StandardAction } from '../views/viewset.ts';
import { BaseReadOnlyViewSet, presentAll } from './read-only-viewset.ts';

/**
 * Full CRUD over a model, within the caller's tenant.
 * @example
 * class TagViewSet extends BaseModelViewSet<typeof TagModel> {
 *   readonly model = TagModel;
 *   readonly createSchema = TagModel.schema.pick({ name: true });
 * }
 */
export abstract class BaseModelViewSet<M extends Model = Model> extends BaseReadOnlyViewSet<M> {
  /** Fields a client may set. Named one by one: what is not here cannot be assigned. */
  abstract readonly createSchema: z.ZodObject;
  /** Fields a client may change. Default: `createSchema`. PATCH takes any part of it. */
  updateSchema: z.ZodObject | undefined = undefined;

  async create(ctx: Context): Promise<Row<M>> {
    const scope = requireScope(this.getQuery(ctx));
    const row = await this.performCreate(this.withinScope(ctx.body, scope), ctx, scope);
    const id = (row as { readonly id?: unknown }).id;
    if (typeof id === 'string')
      ctx.reply.header('location', `${ctx.request.path.replace(/\/*$/, '/')}${encodeURIComponent(id)}/`);
    return this.present(row, ctx);
  }

  async update(ctx: Context): Promise<Row<M>> {
    const scope = requireScope(this.getQuery(ctx));
    return this.present(await this.performUpdate(ctx.row as Row<M>, this.withinScope(ctx.body, scope), ctx, scope), ctx);
  }

  async partialUpdate(ctx: Context): Promise<Row<M>> {
    return this.update(ctx);
  }

  async destroy(ctx: Context): Promise<void> {
    await this.performDestroy(ctx.row as Row<M>, ctx, requireScope(this.getQuery(ctx)));
  }

  /** Stores a new row; override it to add fields or side effects. */
  async performCreate(values: Partial<Row<M>>, ctx: Context, scope: Scope): Promise<Row<M>> {
    return ctx.services.models.insert(this.model, values, scope);
  }

  async performUpdate(row: Row<M>, values: Partial<Row<M>>, ctx: Context, scope: Scope): Promise<Row<M>> {
    const updated = await ctx.services.models.update(this.model, idOf(row), values, scope, expectation(row, ctx));
    if (!updated) throw gone(this.model);
    return updated;
  }

  async performDestroy(row: Row<M>, ctx: Context, scope: Scope): Promise<void> {
    if (!(await ctx.services.models.remove(this.model, idOf(row), scope, expectation(row, ctx)))) throw gone(this.model);
  }

  /** The filtered list as a file: CSV, JSON or JSON lines. */
  export(ctx: Context): RawReply {
    return exportRows(this, ctx);
  }

  /** Creates and changes rows from a file, and reports on each. */
  async import(ctx: Context): Promise<ImportReport> {
    return importRows(this, ctx);
  }

  /** Columns of an export. Default: what goes out of a row. */
  getTransferSchema(): z.ZodObject {
    return this.getResponseSchema();
  }

  /** Rows as an export writes them, many at once. */
  async toTransfer(rows: readonly Row<M>[], ctx: Context): Promise<readonly object[]> {
    return presentAll(this, rows, ctx) as readonly object[];
  }

  /** The row that one of an import is about, undefined for a new one. Default: by its `id`. */
  async findImported(
    values: Readonly<Record<string, unknown>>,
    _ctx: Context,
    models: ModelStore,
    scope: Scope,
  ): Promise<Row<M> | undefined> {
    const { id } = this.model.schema.shape as { readonly id: z.ZodType };
    const given = values.id;
    return typeof given === 'string' && id.safeParse(given).success ? models.get(this.model, given, scope) : undefined;
  }

  /** What is written must stay within the scope: its exact filters win over the client's values. */
  withinScope(body: unknown, scope: Scope): Partial<Row<M>> {
    const values: Record<string, unknown> = { ...(body as object) };
    for (const filter of scope.filters ?? []) if (filter.operator === 'exact') values[filter.column] = filter.value;
    return values as Partial<Row<M>>;
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    const response = this.getResponseSchema();
    const changes = this.updateSchema ?? this.createSchema;
    const { name } = this.model;
    switch (action) {
      case 'create':
        return { summary: `Create one ${name}`, body: this.createSchema, response, status: 201 };
      case 'update':
        return { summary: `Replace one ${name}`, body: changes, response };
      case 'partialUpdate':
        return { summary: `Change parts of one ${name}`, body: partialSchema(changes), response };
      case 'destroy':
        return { summary: `Delete one ${name}`, status: 204 };
      case 'export':
        return {
          summary: `Export ${this.model.table.replaceAll('_', ' ')}`,
          query: exportQuerySchema(this),
          produces: Object.values(mediaTypes),
        };
      case 'import':
        return {
          summary: `Import ${this.model.table.replaceAll('_', ' ')}`,
          description: 'CSV, a JSON array or JSON lines, as the body or as the one file of a form.',
          query: ImportQuery,
          consumes: importTypes,
          bodyLimit: transferLimits.bytes,
          response: ImportReport,
        };
      default:
        return super.getStandardOptions(action);
    }
  }
}

/** With `If-Match` the row must still be as it was when the header was compared. */
function expectation<M extends Model>(row: Row<M>, ctx: Context): WriteOptions<M> {
  return ctx.isConditional ? { expected: row } : {};
}

function idOf(row: unknown): string {
  return (row as { readonly id: string }).id;
}

/** Another request deleted the row between our read and our write. */
function gone(model: Model) {
  return commonErrors.not_found(`No such ${model.name}.`);
}
