import { commonErrors, type ThrottleResult } from '../../kernel/index.ts';
import { type RateRule, throttleKey } from '../access/rate.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Counts this request under each rule, tells the limits in headers (draft-ietf-httpapi-ratelimit-headers), and refuses
 * it when one is used up.
 */
export function countRequest(given: readonly RateRule[], ctx: RequestContext): Promise<void> | undefined {
  const { throttle } = ctx.api;
  // A rule that came twice, from a class and a mixin, is one rule.
  const byKey = new Map(given.map((rule) => [throttleKey(ctx.route.basename, rule, ctx), rule]));
  const rules = [...byKey.values()];
  const results = Array.from(byKey, ([key, rule]) => throttle.hit(key, rule));
  if (results.some((result) => result instanceof Promise)) {
    return Promise.all(results).then((settled) => conclude(rules, settled, ctx));
  }
  conclude(rules, results as readonly ThrottleResult[], ctx);
  return undefined;
}

function conclude(rules: readonly RateRule[], results: readonly ThrottleResult[], ctx: RequestContext): void {
  const policies = rules.map((rule) => `"${rule.name}";q=${rule.limit};w=${rule.windowSeconds}`);
  // A process whose clock is behind that of the database would tell of a window that is longer than it is.
  const resets = rules.map(({ windowSeconds }, index) => Math.min(results[index]?.resetSeconds ?? 0, windowSeconds));
  const states = rules.map((rule, index) => `"${rule.name}";r=${results[index]?.remaining};t=${resets[index]}`);
  ctx.keepHeader('ratelimit-policy', policies.join(', '));
  ctx.keepHeader('ratelimit', states.join(', '));
  const waits = resets.filter((_, index) => results[index]?.allowed === false);
  if (waits.length === 0) return;
  const seconds = Math.max(...waits);
  throw commonErrors.rate_limited(`Try again in ${seconds} s.`, { headers: { 'retry-after': String(seconds) } });
}
