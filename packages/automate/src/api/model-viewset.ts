import type { z } from 'zod';
import { commonErrors, type Model, type Row, type Scope } from '../kernel/index.ts';
import type { Context } from './context.ts';
import type { OperationOptions } from './operation.ts';
import { partialSchema } from './partial-schema.ts';
import { BaseReadOnlyViewSet, requireScope } from './read-only-viewset.ts';
import type { StandardAction } from './viewset.ts';

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
    const scope = requireScope(this.getScope(ctx));
    const row = await this.performCreate(withinScope(ctx.body, scope), ctx, scope);
    const id = (row as { readonly id?: unknown }).id;
    if (typeof id === 'string')
      ctx.reply.header('location', `${ctx.request.path.replace(/\/*$/, '/')}${encodeURIComponent(id)}/`);
    return row;
  }

  async update(ctx: Context): Promise<Row<M>> {
    const scope = requireScope(this.getScope(ctx));
    return this.performUpdate(ctx.row as Row<M>, withinScope(ctx.body, scope), ctx, scope);
  }

  async partialUpdate(ctx: Context): Promise<Row<M>> {
    return this.update(ctx);
  }

  async destroy(ctx: Context): Promise<void> {
    await this.performDestroy(ctx.row as Row<M>, ctx, requireScope(this.getScope(ctx)));
  }

  /** Stores a new row; override it to add fields or side effects. */
  async performCreate(values: Partial<Row<M>>, ctx: Context, scope: Scope): Promise<Row<M>> {
    return ctx.services.models.insert(this.model, values, scope);
  }

  async performUpdate(row: Row<M>, values: Partial<Row<M>>, ctx: Context, scope: Scope): Promise<Row<M>> {
    const updated = await ctx.services.models.update(this.model, idOf(row), values, scope);
    if (!updated) throw gone(this.model);
    return updated;
  }

  async performDestroy(row: Row<M>, ctx: Context, scope: Scope): Promise<void> {
    if (!(await ctx.services.models.remove(this.model, idOf(row), scope))) throw gone(this.model);
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
      default:
        return super.getStandardOptions(action);
    }
  }
}

/** What is written must stay within the scope: its exact filters win over the client's values. */
function withinScope<M extends Model>(body: unknown, scope: Scope): Partial<Row<M>> {
  const values: Record<string, unknown> = { ...(body as object) };
  for (const filter of scope.filters ?? []) if (filter.operator === 'exact') values[filter.column] = filter.value;
  return values as Partial<Row<M>>;
}

function idOf(row: unknown): string {
  return (row as { readonly id: string }).id;
}

/** Another request deleted the row between our read and our write. */
function gone(model: Model) {
  return commonErrors.not_found(`No such ${model.name}.`);
}
