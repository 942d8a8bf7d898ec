import type { z } from 'zod';
import type { Model, ModelStore, Row, Scope } from '../../kernel/index.ts';
import type { Permission } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import type { ListFeatures } from '../lists/list-query.ts';

/** What exports need of a viewset. */
export interface Exportable<M extends Model> {
  readonly model: M;
  getListFeatures(): ListFeatures;
  getQuery(ctx: Context): Scope | null;
  getStore(ctx: Context): ModelStore;
  /** Columns of the file. */
  getTransferSchema(): z.ZodObject;
  toTransfer(rows: readonly Row<M>[], ctx: Context): Promise<readonly object[]>;
}

/** What imports need beside that. */
export interface Transferable<M extends Model> extends Exportable<M> {
  readonly createSchema: z.ZodObject;
  readonly updateSchema: z.ZodObject | undefined;
  getPermissions(ctx: Context): readonly Permission[];
  findImported(
    values: Readonly<Record<string, unknown>>,
    ctx: Context,
    models: ModelStore,
    scope: Scope,
  ): Promise<Row<M> | undefined>;
  performCreate(values: Partial<Row<M>>, ctx: Context, scope: Scope): Promise<Row<M>>;
  performUpdate(row: Row<M>, values: Partial<Row<M>>, ctx: Context, scope: Scope): Promise<Row<M>>;
  withinScope(body: unknown, scope: Scope): Partial<Row<M>>;
}

/** What the columns of a file hold: as they are written and, where rows may be taken in too, as they are read. */
export function fieldsOf<M extends Model>(viewset: Exportable<M> | Transferable<M>): z.ZodObject {
  const written = viewset.getTransferSchema();
  return 'createSchema' in viewset ? written.extend(viewset.createSchema.shape) : written;
}
