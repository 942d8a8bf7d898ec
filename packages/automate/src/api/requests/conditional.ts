import { commonErrors } from '../../kernel/index.ts';
import { entityTag, stateOf, tagsIn } from '../http/entity-tag.ts';
import { headerOf } from '../http/request.ts';
import type { Route } from '../routing/route.ts';
import type { RequestContext } from './request-context.ts';
import { toText } from './serialize.ts';

/**
 * Refuses to change an object that is no longer as the client saw it (RFC 9110, 13.1.1).
 * @throws `precondition_failed`
 */
export function requireMatch(ctx: RequestContext): Promise<void> | undefined {
  const wanted = headerOf(ctx.request, 'if-match');
  if (wanted === undefined || ctx.route.method === 'GET') return undefined;
  if (wanted.trim() === '*') return undefined;
  const { shownBy } = ctx.route;
  if (!shownBy) throw commonErrors.precondition_failed('This has no ETag, so If-Match cannot hold.');
  ctx.isConditional = true;
  return compare(ctx, shownBy, wanted);
}

async function compare(ctx: RequestContext, shownBy: NonNullable<Route['shownBy']>, wanted: string): Promise<void> {
  const state = entityTag(toText(shownBy, await shownBy.handler.call(ctx.route.view, ctx)));
  if (tagsIn(wanted).some((tag) => stateOf(tag) === state)) return;
  throw commonErrors.precondition_failed('It has been changed since you got this ETag: get it again.');
}
