import type { z } from 'zod';
import { commonErrors, type Filter, type Model, type OrderTerm, type Scope } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { type ListFeatures, requestedFilters, requestedOrder, requireRaw } from './list-query.ts';
import type { PageQuery } from './pagination.ts';

/** What a request wants of a list. */
export interface RequestedList<M extends Model> {
  readonly model: M;
  readonly filters: Filter[];
  readonly order: OrderTerm[];
  readonly search: string | undefined;
}

/** What every list may be asked for. */
export type ListParameters = z.output<typeof PageQuery> & { readonly ordering?: string; readonly search?: string };

/** What the query of a list asks for, ready for a store. @throws AppError `forbidden` for what would tell what is hidden */
export function requestedList<M extends Model>(
  viewset: { readonly model: M; getListFeatures(): ListFeatures },
  ctx: Context,
): RequestedList<M> {
  const query = ctx.query as ListParameters;
  const features = { redacted: viewset.model.redacted, ...viewset.getListFeatures() };
  requireRaw(query, features, ctx.principal);
  return {
    model: { ...viewset.model, searchFields: features.searchFields },
    filters: requestedFilters(query, features.filters),
    order: requestedOrder(query.ordering, features.ordering),
    search: query.search,
  };
}

/** The scope, for writes: there is nothing to write for a caller without rows. */
export function requireScope(scope: Scope | null): Scope {
  if (!scope) throw commonErrors.forbidden('You have no tenant to write to.');
  return scope;
}
