import { isIPv4, isIPv6 } from 'node:net';
import { actorName, type ThrottleWindow } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { apiErrors } from '../http/errors.ts';

export type RateUnit = 'second' | 'minute' | 'hour' | 'day';
export type RateText = `${number}/${RateUnit}`;
/** Whose requests are counted together. Without a principal, `user`, `tenant` and `token` fall back to the address. */
export type RateKey = 'user' | 'ip' | 'tenant' | 'token' | ((ctx: Context) => string);

/** A parsed rate limit. Made by {@link rate}. */
export interface RateRule extends ThrottleWindow {
  readonly name: string;
  readonly key: RateKey;
}

const SECONDS: Readonly<Record<RateUnit, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };
const RATE = /^([1-9]\d{0,8})\/(second|minute|hour|day)$/;
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/**
 * A rate limit: how many requests in which window, counted per what.
 * @throws `invalid_settings` at once when the text is not `<count>/<second|minute|hour|day>`.
 * @example
 * override rateLimit = rate('100/hour', { key: 'ip' });
 */
export function rate(text: RateText, options: { key?: RateKey; name?: string } = {}): RateRule {
  const match = RATE.exec(text);
  const name = options.name ?? 'default';
  if (!match) throw apiErrors.invalid_settings(`The rate "${text}" is not of the form "100/hour" (second, minute, hour or day).`);
  if (!NAME.test(name)) throw apiErrors.invalid_settings(`The rate name "${name}" must match ${NAME.source}.`);
  const windowSeconds = SECONDS[match[2] as RateUnit];
  return Object.freeze({ name, limit: Number(match[1]), windowSeconds, key: options.key ?? 'user' });
}

/** The key a request counts under, for one rule of one view. */
export function throttleKey(basename: string, rule: RateRule, ctx: Context): string {
  // Two rules may have one name: they are told apart by what they allow.
  return `${basename}:${rule.name}:${rule.limit}/${rule.windowSeconds}:${subjectOf(rule.key, ctx)}`;
}

/**
 * One spelling of an address, and the /64 of an IPv6 one: a single customer holds a whole /64, so counting single
 * addresses counts nothing.
 */
export function addressKey(ip: string): string {
  if (isIPv4(ip)) return ip;
  const bare = ip.split('%')[0] ?? '';
  if (!isIPv6(bare)) return 'unknown';
  // The URL parser writes the canonical form of RFC 5952.
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped) {
    const [high, low] = [Number.parseInt(mapped[1] as string, 16), Number.parseInt(mapped[2] as string, 16)];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const [head = '', tail = ''] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

function subjectOf(key: RateKey, ctx: Context): string {
  if (typeof key === 'function') return `custom:${key(ctx)}`;
  const principal = ctx.principal;
  if (key === 'ip' || !principal) return `ip:${addressKey(ctx.request.ip)}`;
  if (key === 'tenant') return `tenant:${principal.tenantId}`;
  // All keys of one person are one user; a key that nobody stands behind is one by itself.
  return key === 'user' && principal.userId ? `user:${principal.userId}` : actorName(principal);
}
