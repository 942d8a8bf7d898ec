import { z } from 'zod';
import type { Model, OrderTerm, Row } from '../../kernel/index.ts';
import type { Context, MaybePromise } from '../http/context.ts';

/** Things that belong to a row and are sent with it when `?expand=` names them. Made by {@link one}, {@link many} and {@link relation}. */
export interface Relation {
  /** What goes out for one row. */
  readonly schema: z.ZodType;
  /** Scope the caller needs besides that of the row; null for none. */
  readonly scope: string | null;
  readonly description?: string | undefined;
  /** The values of all rows, in their order: asked once for a page, so that no row costs a query. */
  load(rows: readonly object[], ctx: Context): Promise<readonly unknown[]>;
}

export type Relations = Readonly<Record<string, Relation>>;

interface RelationOptions<M extends Model> {
  /** What goes out of a related row. Default: its model's schema. */
  readonly schema?: z.ZodObject;
  /** Default `<table>:read`; null for none. */
  readonly scope?: string | null;
  /** Changes a related row before it goes out, as its own viewset would. */
  present?(row: Row<M>, ctx: Context): Row<M>;
}

/**
 * The row that a column names, or null.
 * @example
 * override relations = { project: one(ProjectModel, 'project_id') }; // GET /notes/?expand=project
 */
export function one<M extends Model>(model: M, column: string, options: RelationOptions<M> = {}): Relation {
  const { present = (row: Row<M>) => row } = options;
  return {
    schema: (options.schema ?? model.schema).nullable(),
    scope: scopeOf(model, options.scope),
    async load(rows, ctx) {
      const ids = [...new Set(rows.map((row) => columnOf(row, column)).filter((id) => id !== null))];
      const found = ids.length === 0 ? [] : await related(ctx, model, { column: 'id', values: ids, order: ASCENDING, limit: 1 });
      const byId = new Map(found.map((row) => [columnOf(row as object, 'id'), present(row, ctx)]));
      return rows.map((row) => byId.get(columnOf(row, column)) ?? null);
    },
  };
}

/**
 * The rows whose column names this one: the first of them, up to a limit.
 * @example
 * override relations = { notes: many(NoteModel, 'project_id', { limit: 20, order: '-created_at' }) };
 */
export function many<M extends Model>(
  model: M,
  column: string,
  options: RelationOptions<M> & { readonly limit?: number; readonly order?: string } = {},
): Relation {
  const { present = (row: Row<M>) => row, limit = 100, order = 'id' } = options;
  const term = { column: order.replace(/^-/, ''), descending: order.startsWith('-') };
  return {
    schema: z.array(options.schema ?? model.schema),
    scope: scopeOf(model, options.scope),
    description: `At most ${limit}.`,
    async load(rows, ctx) {
      const ids = rows.map((row) => columnOf(row, 'id'));
      const found = ids.length === 0 ? [] : await related(ctx, model, { column, values: ids, order: term, limit });
      const groups = Map.groupBy(found, (row) => columnOf(row as object, column));
      return ids.map((id) => (groups.get(id) ?? []).map((row) => present(row, ctx)));
    },
  };
}

/**
 * Anything else that belongs to a row.
 * @example
 * override relations = { usage: relation({ schema: Usage, scope: 'usage:read', load: (rows, ctx) => usageOf(rows.map(({ id }) => id)) }) };
 */
export function relation<R extends object>(options: {
  schema: z.ZodType;
  scope: string | null;
  description?: string;
  load(rows: readonly R[], ctx: Context): MaybePromise<readonly unknown[]>;
}): Relation {
  return { ...options, load: async (rows, ctx) => options.load(rows as readonly R[], ctx) };
}

const ASCENDING: OrderTerm = { column: 'id', descending: false };

function scopeOf(model: Model, scope: string | null | undefined): string | null {
  return scope === undefined ? `${model.table}:read` : scope;
}

function columnOf(row: object, column: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[column] ?? null;
}

/** In the caller's tenant, whatever the row says. */
async function related<M extends Model>(
  ctx: Context,
  model: M,
  query: { column: string; values: readonly unknown[]; order: OrderTerm; limit: number },
): Promise<Row<M>[]> {
  if (!ctx.principal) return [];
  return ctx.services.models.related(model, query, { tenantId: ctx.principal.tenantId });
}
