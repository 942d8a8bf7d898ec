import { type RateRule, rate } from '../access/rate.ts';
import type { Context } from '../http/context.ts';
import type { View } from '../operations/base-view.ts';
import type { Ctor } from './constructor.ts';

export interface RateLimited {
  rateLimit: RateRule;
}

/**
 * A rate limit for all routes of a view together, told in `RateLimit-Policy` and `RateLimit` headers.
 * @example
 * class ExportViewSet extends RateLimitMixin(BaseViewSet) { override rateLimit = rate('20/hour', { key: 'tenant' }); }
 */
export function RateLimitMixin<Base extends Ctor<View>>(base: Base): Base & Ctor<RateLimited> {
  if (LIMITED in base) return base as unknown as Base & Ctor<RateLimited>;
  abstract class Limited extends base implements RateLimited {
    static readonly [LIMITED] = true;
    rateLimit: RateRule = rate('100/hour', { key: 'user' });

    override getThrottles(ctx: Context): readonly RateRule[] {
      return [...super.getThrottles(ctx), this.rateLimit];
    }
  }
  return Limited;
}

// Applied once more, it would set back what a class has set.
const LIMITED = Symbol('RateLimitMixin');
