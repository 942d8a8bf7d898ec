import type { Authenticator } from '../access/authentication.ts';
import { IsAuthenticated, type Permission } from '../access/permissions.ts';
import { type RateRule, rate } from '../access/rate.ts';
import type { Context } from '../http/context.ts';
import type { View } from '../operations/base-view.ts';
import type { Ctor } from './constructor.ts';

export interface PublicAPI {
  publicRateLimit: RateRule;
}

/**
 * No authentication, and a rate limit by address. Other permissions stay: with `StaffOnlyMixin` nobody is let in, in either order.
 * @example
 * class StatusView extends PublicAPIMixin(BaseAPIView) { override publicRateLimit = rate('60/minute', { key: 'ip', name: 'public' }); }
 */
export function PublicAPIMixin<Base extends Ctor<View>>(base: Base): Base & Ctor<PublicAPI> {
  if (PUBLIC in base) return base as unknown as Base & Ctor<PublicAPI>;
  abstract class Public extends base implements PublicAPI {
    static readonly [PUBLIC] = true;
    publicRateLimit: RateRule = rate('10/minute', { key: 'ip', name: 'public' });

    override authentication: readonly Authenticator[] | undefined = [];

    override getAuthenticators(_ctx: Context): readonly Authenticator[] {
      return [];
    }

    override getPermissions(ctx: Context): readonly Permission[] {
      return super.getPermissions(ctx).filter((permission) => permission !== IsAuthenticated);
    }

    /** Scopes belong to principals, and here there are none. */
    override getScopeResource(): string | undefined {
      return undefined;
    }

    override getThrottles(ctx: Context): readonly RateRule[] {
      // First, and that of RateLimitMixin last: the headers are the same in either order.
      return [this.publicRateLimit, ...super.getThrottles(ctx)];
    }
  }
  return Public;
}

// Applied once more, it would set back what a class has set.
const PUBLIC = Symbol('PublicAPIMixin');
