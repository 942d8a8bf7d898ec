import type { z } from 'zod';
import {
  AllowAny,
  ApiRouter,
  allow,
  BaseAPIView,
  type Context,
  IsAuthenticated,
  type RawReply,
  redirect,
} from '../../api/index.ts';
import { facetsOf, namesOf, relatedTo } from './counts.ts';
import { detailOf, entryOf } from './describe.ts';
import {
  AdminFacets,
  AdminIndex,
  AdminModelDetail,
  AdminNames,
  AdminRelated,
  FacetsQuery,
  NamesQuery,
  RelatedQuery,
} from './schemas.ts';
import { mayCall, servedAt, servedModels } from './served.ts';

abstract class AdminView extends BaseAPIView {
  override permissions = allow(IsAuthenticated);
  override scopeResource: string | undefined = 'studio';
  override tag: string | undefined = 'Admin';
  override tagDescription: string | undefined =
    'What the admin of the Studio has to know of the models: it reads and changes their rows through their own routes.';
}

/** Models whose lists one may see. */
class AdminIndexView extends AdminView {
  static {
    this.describe('get', { summary: 'List the models that you may see', response: AdminIndex });
  }

  get(ctx: Context): z.input<typeof AdminIndex> {
    const visible = servedModels(ctx).filter(({ list }) => mayCall(list, ctx));
    const models = visible.map((served) => entryOf(served, ctx));
    const place = ({ group, verbose_name }: (typeof models)[number]) => `${group.en}\n${verbose_name}`;
    return { models: models.toSorted((left, right) => place(left).localeCompare(place(right))) };
  }
}

/** One model: columns, filters, what one may do, and the schemas of its forms. */
class AdminModelView extends AdminView {
  static {
    this.describe('get', { summary: 'Get what a list and a form have to know of a model', response: AdminModelDetail });
  }

  get(ctx: Context): z.input<typeof AdminModelDetail> {
    return detailOf(servedAt(ctx), ctx);
  }
}

class AdminFacetsView extends AdminView {
  static {
    this.describe('get', {
      summary: 'Count the rows of a list by the values of its filters',
      description: 'Of 100,000 rows at most. What is shown redacted is not counted.',
      query: FacetsQuery,
      response: AdminFacets,
    });
  }

  get(ctx: Context<unknown, z.output<typeof FacetsQuery>>): Promise<z.input<typeof AdminFacets>> {
    return facetsOf(servedAt(ctx), ctx);
  }
}

class AdminNamesView extends AdminView {
  static {
    this.describe('get', { summary: 'Get what rows are called, by their ids', query: NamesQuery, response: AdminNames });
  }

  get(ctx: Context<unknown, z.output<typeof NamesQuery>>): Promise<z.input<typeof AdminNames>> {
    return namesOf(servedAt(ctx), ctx.query.ids, ctx);
  }
}

class AdminRelatedView extends AdminView {
  static {
    this.describe('get', {
      summary: 'Count the rows of others that point to one, and what becomes of them when it goes',
      query: RelatedQuery,
      response: AdminRelated,
    });
  }

  get(ctx: Context<unknown, z.output<typeof RelatedQuery>>): Promise<z.input<typeof AdminRelated>> {
    return relatedTo(servedAt(ctx), ctx.query.id, ctx);
  }
}

/** Where people look for it first. */
class AdminAddressView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Lead to the admin', status: 302, documented: false });
  }
  override permissions = allow(AllowAny);
  override authentication: BaseAPIView['authentication'] = [];
  override tag: string | undefined = 'pages';

  get(ctx: Context): RawReply {
    const here = ctx.api.reverse('admin-page.get');
    return redirect(`${here.replace(/admin\/$/, 'studio/admin/')}${ctx.request.path.slice(here.length)}`);
  }
}

export function adminRouter(): ApiRouter {
  class AdminBelowView extends AdminAddressView {}
  return new ApiRouter()
    .view('api/studio/admin', AdminIndexView, { basename: 'admin' })
    .view('api/studio/admin/{app}/{model}', AdminModelView, { basename: 'admin-model' })
    .view('api/studio/admin/{app}/{model}/facets', AdminFacetsView, { basename: 'admin-facets' })
    .view('api/studio/admin/{app}/{model}/names', AdminNamesView, { basename: 'admin-names' })
    .view('api/studio/admin/{app}/{model}/related', AdminRelatedView, { basename: 'admin-related' })
    .view('admin', AdminAddressView, { basename: 'admin-page' })
    .view('admin/{rest*}', AdminBelowView, { basename: 'below-admin-page' });
}
