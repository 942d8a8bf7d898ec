import { type AppError, commonErrors } from '../../kernel/index.ts';
import { headerOf } from '../http/request.ts';
import type { Route } from '../routing/route.ts';
import type { RequestContext } from './request-context.ts';

const EXPOSED = 'etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, x-trace-id';

/** Adds the CORS headers of a reply, errors too: a page must be able to read why it was refused. */
export function applyCORS(ctx: RequestContext): Promise<void> | undefined {
  const origin = headerOf(ctx.request, 'origin');
  const { view } = ctx.route;
  if (view.corsOrigins.length > 0 || origin !== undefined) ctx.keepHeader('vary', 'Origin');
  return origin === undefined ? undefined : permitOrigin(ctx, origin);
}

async function permitOrigin(ctx: RequestContext, origin: string): Promise<void> {
  if ((await ctx.route.view.allowsOrigin(origin, ctx)) !== true) return;
  ctx.keepHeader('access-control-allow-origin', origin);
  ctx.keepHeader('access-control-expose-headers', EXPOSED);
}

/**
 * The headers that answer an OPTIONS request on a path: what is there and, for a preflight (Fetch Standard, 3.3.2) from an
 * allowed origin, what its pages may do.
 */
export async function optionsHeaders(ctx: RequestContext, routes: readonly Route[]): Promise<Record<string, string>> {
  const methods = allowedMethods(routes);
  const headers: Record<string, string> = {
    allow: methods.join(', '),
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  };
  const origin = headerOf(ctx.request, 'origin');
  const { view } = ctx.route;
  if (origin === undefined || (await view.allowsOrigin(origin, ctx)) !== true) return headers;
  headers['access-control-allow-origin'] = origin;
  headers['access-control-allow-methods'] = methods.filter((method) => view.corsMethods.includes(method)).join(', ');
  headers['access-control-allow-headers'] = view.corsHeaders.join(', ');
  headers['access-control-max-age'] = String(view.corsMaxAge);
  return headers;
}

/** The route whose view answers a preflight: that of the method the page wants to use. */
export function preflightRoute(routes: readonly Route[], requestedMethod: string | undefined): Route {
  return routes.find((route) => route.method === requestedMethod) ?? (routes[0] as Route);
}

/** Methods for the `Allow` header of a path. */
export function allowedMethods(routes: readonly Route[]): string[] {
  const methods = new Set(routes.map((route) => route.method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods, 'OPTIONS'].toSorted();
}

/** The refusal of a verb that a path does not answer. */
export function methodNotAllowed(routes: readonly Route[]): AppError {
  const allow = allowedMethods(routes).join(', ');
  return commonErrors.method_not_allowed(`This path answers ${allow}.`, { headers: { allow } });
}
