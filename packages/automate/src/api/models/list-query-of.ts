import type { Model } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { parseQueryString } from '../input/query-string.ts';
import { type RequestedList, requestedList } from '../lists/requested-list.ts';
import type { Api } from '../requests/api.ts';
import type { Route } from '../routing/route.ts';
import type { BaseReadOnlyViewSet } from './read-only-viewset.ts';

/** All routes of the running API, for views that tell about others. */
export function routesOf(ctx: Context): readonly Route[] {
  return (ctx.api as unknown as Api).routes;
}

/**
 * What the query of another list asks for, read and checked as that list does.
 * @param text its query string, without the `?`
 * @throws AppError as the list: `invalid_input` for what it does not know, `forbidden` for what looks into what is redacted
 */
export function listQueryOf<M extends Model>(
  viewset: BaseReadOnlyViewSet<M>,
  route: Route,
  text: string,
  ctx: Context,
): RequestedList<M> {
  const url = `?${text}`;
  const query = route.query?.read(parseQueryString(url), url) ?? {};
  return requestedList(viewset, { query, principal: ctx.principal } as Context);
}
