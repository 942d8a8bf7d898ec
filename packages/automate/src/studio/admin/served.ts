import { BaseReadOnlyViewSet, type Context, type Route, requirePrincipal, routesOf } from '../../api/index.ts';
import { commonErrors, hasScope, type Model } from '../../kernel/index.ts';
import { adminOptionsOf, keyOf } from './models.ts';

/** A model and the routes that serve it: the admin has no other way to its rows. */
export interface Served {
  readonly model: Model;
  readonly view: BaseReadOnlyViewSet;
  readonly basename: string;
  /** Path of its list. */
  readonly path: string;
  readonly routes: readonly Route[];
  readonly list: Route;
}

const SERVED = new WeakMap<readonly Route[], readonly Served[]>();

/** All viewsets over a model with a list of their own. */
function allServed(routes: readonly Route[]): readonly Served[] {
  const known = SERVED.get(routes);
  if (known) return known;
  const served = [...Map.groupBy(routes, ({ basename }) => basename)].flatMap(([basename, own]) => {
    const list = own.find(({ action, method, parameters }) => action === 'list' && method === 'GET' && parameters.length === 0);
    const view: unknown = list?.view;
    if (!list || !(view instanceof BaseReadOnlyViewSet)) return [];
    return [{ model: view.model as Model, view: view as BaseReadOnlyViewSet, basename, path: list.path, routes: own, list }];
  });
  SERVED.set(routes, served);
  return served;
}

/** Each model once, by the routes its options name, else those with the most to offer; the host's where both do. */
export function servedModels(ctx: Context): readonly Served[] {
  return [...Map.groupBy(allServed(routesOf(ctx)), ({ model }) => keyOf(model)).values()].flatMap((candidates) => {
    const { basename, isHidden } = adminOptionsOf(ctx, (candidates[0] as Served).model);
    if (isHidden) return [];
    const named = candidates.find((candidate) => candidate.basename === basename);
    return [named ?? candidates.reduce((best, next) => (next.routes.length >= best.routes.length ? next : best))];
  });
}

/** Whether whoever asks may call a route, as far as it can be told without calling it: scope, staff, and who they are. */
export function mayCall(route: Route | undefined, ctx: Context): boolean {
  if (!route) return false;
  if (route.scope !== undefined && !hasScope(requirePrincipal(ctx), route.scope)) return false;
  const permissions = [...route.view.getPermissions(ctx), ...(route.options.permissions ?? [])];
  return permissions.every(({ name, allows }) => !/^(IsStaff|HasScope\(.*\))$/.test(name) || allows(ctx) === true);
}

/** The model that an address names, as far as whoever asks may see its list. @throws AppError `not_found`: what one may not see is not told of */
export function servedAt(ctx: Context): Served {
  const { app = '', model = '' } = ctx.params;
  const found = servedModels(ctx).find((served) => keyOf(served.model) === `${app}/${model}`.toLowerCase());
  if (!found || !mayCall(found.list, ctx)) throw commonErrors.not_found('There is no such model, or you may not see it.');
  return found;
}

/** Whether the list is what the rows of the scope are: one that is written anew may show others, and nothing is counted or named beside it. */
export function isPlain({ view }: Served): boolean {
  return view.list === BaseReadOnlyViewSet.prototype.list;
}

/** Before rows are read for a list: all that the list's own route would ask. @throws AppError `forbidden` */
export async function requireList(served: Served, ctx: Context): Promise<void> {
  const refusing = await refusalOf(served, ctx);
  if (refusing !== undefined) throw commonErrors.forbidden(`${refusing} does not allow this.`);
}

/** Name of the permission that keeps whoever asks from a list; undefined when none does. */
export async function refusalOf({ list }: Served, ctx: Context): Promise<string | undefined> {
  for (const permission of [...list.view.getPermissions(ctx), ...(list.options.permissions ?? [])])
    if (!(await permission.allows(ctx))) return permission.name;
  return undefined;
}
