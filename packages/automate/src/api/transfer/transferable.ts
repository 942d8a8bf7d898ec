import type { z } from 'zod';
import type { Model, ModelStore, Row, Scope } from '../../kernel/index.ts';
import type { Context } from '../context.ts';
import type { ListFeatures } from '../list-query.ts';
import type { Permission } from '../permissions.ts';

/** What exports and imports need of a model viewset. */
export interface Transferable<M extends Model> {
  readonly model: M;
  readonly createSchema: z.ZodObject;
  readonly updateSchema: z.ZodObject | undefined;
  getListFeatures(): ListFeatures;
  getQuery(ctx: Context): Scope | null;
  getPermissions(ctx: Context): readonly Permission[];
  getTransferSchema(): z.ZodObject;
  toTransfer(rows: readonly Row<M>[], ctx: Context): Promise<readonly object[]>;
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
