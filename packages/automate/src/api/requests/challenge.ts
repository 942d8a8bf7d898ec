import type { Api } from './api.ts';
import type { RequestContext } from './request-context.ts';

/** The value of `WWW-Authenticate` (RFC 9110, 11.6.1): what the route that refused would have taken. */
export function challengeOf(api: Api, ctx: RequestContext | null): string {
  const own = ctx?.route.view.getAuthenticators(ctx);
  const challenges = (own?.length ? own : api.authenticators).map((authenticator) => authenticator.challenge);
  return challenges.length > 0 ? [...new Set(challenges)].join(', ') : 'Bearer realm="automate"';
}
