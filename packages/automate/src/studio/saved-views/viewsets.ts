import {
  allow,
  BaseModelViewSet,
  type Context,
  IsAuthenticated,
  type Permission,
  requirePrincipal,
  type StandardAction,
} from '../../api/index.ts';
import { actorName, commonErrors, hasScope, type Row, type Scope } from '../../kernel/index.ts';
import { savedViewErrors } from './errors.ts';
import { lockViews } from './saved-view.store.ts';
import { SavedView, SavedViewCreate, SavedViewModel, SavedViewUpdate } from './schemas.ts';

type ViewRow = Row<typeof SavedViewModel>;
type Shown = ViewRow & { readonly is_shared: boolean; readonly is_own: boolean };

/** Views that one person may have in a tenant, of all lists together. */
const MOST = 200;
const ALL = 'all';
const SHARE = 'saved_views:share';

/** A view that others share is seen, and left as it is. */
const IsOwn: Permission = {
  name: 'IsOwn',
  allows: () => true,
  allowsObject: (ctx, row) => ctx.request.method === 'GET' || (row as ViewRow).owner === nameOf(ctx),
};

/** What somebody looks for again and again in the lists of the Studio: their own, and what others share. */
export class SavedViewViewSet extends BaseModelViewSet<typeof SavedViewModel> {
  readonly model = SavedViewModel;
  readonly createSchema = SavedViewCreate;
  override updateSchema = SavedViewUpdate;
  override responseSchema = SavedView;
  override permissions = allow(IsAuthenticated, IsOwn);
  override excludedActions: readonly StandardAction[] = ['export', 'import'];
  override tag: string | undefined = 'Saved views';
  override tagDescription: string | undefined = 'Searches of the lists of the Studio, under names of their own.';

  override getQuery(ctx: Context): Scope | null {
    const scope = super.getQuery(ctx);
    if (!scope || !ctx.principal) return null;
    const audience = { column: 'audience', operator: 'in', value: [ALL, nameOf(ctx)] } as const;
    return { ...scope, filters: [...(scope.filters ?? []), audience] };
  }

  override async performCreate(values: Partial<ViewRow>, ctx: Context, scope: Scope): Promise<ViewRow> {
    const owner = nameOf(ctx);
    const own = { column: 'owner', operator: 'exact', value: owner } as const;
    const { tenantId } = requirePrincipal(ctx);
    return ctx.services.models.transaction(scope, async (models) => {
      await lockViews(models, tenantId, owner);
      const count = await models.count(this.model, { filters: [own] }, { tenantId });
      if (count >= MOST) throw savedViewErrors.too_many_views(`You have ${MOST} saved views: delete one of them first.`);
      return super.performCreate({ ...stored(values, ctx, owner), owner }, ctx.withBody(ctx.body, { models }), scope);
    });
  }

  override async performUpdate(row: ViewRow, values: Partial<ViewRow>, ctx: Context, scope: Scope): Promise<ViewRow> {
    return super.performUpdate(row, stored(values, ctx, row.owner), ctx, scope);
  }

  override present(row: ViewRow, ctx: Context): Shown {
    return { ...row, is_shared: row.audience === ALL, is_own: row.owner === nameOf(ctx) };
  }
}

/** Who sees it, as it is stored. @throws AppError `forbidden` when it is to be shared by somebody who may not */
function stored(values: Partial<ViewRow> & { is_shared?: boolean }, ctx: Context, owner: string): Partial<ViewRow> {
  const { is_shared: isShared, ...rest } = values;
  if (isShared === undefined) return rest;
  if (isShared && !hasScope(requirePrincipal(ctx), SHARE))
    throw commonErrors.forbidden(`The scope ${SHARE} is needed to share a view.`);
  return { ...rest, audience: isShared ? ALL : owner };
}

function nameOf(ctx: Context): string {
  return actorName(requirePrincipal(ctx));
}
