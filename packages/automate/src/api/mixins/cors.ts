import type { Context, MaybePromise } from '../http/context.ts';
import type { View } from '../operations/base-view.ts';
import { readSetting, settingsOf } from '../settings/settings.ts';
import type { Ctor } from './constructor.ts';

/** Which other origins' pages may call a view. */
export interface CORSPolicy {
  /** Origins such as `https://app.example.com`; `*` is any. Default: `AUTOMATE_API_CORS_ORIGINS`, else none. */
  corsOrigins: readonly string[];
  corsMethods: readonly string[];
  /** Request headers a page may send, in lower case. */
  corsHeaders: readonly string[];
  /** Seconds a browser may keep the preflight's answer. */
  corsMaxAge: number;
  /** Whether an origin may call; override it to ask a store. The preflight has no principal. */
  allowsOrigin(origin: string, ctx: Context): MaybePromise<boolean>;
}

/**
 * Cross-origin calls from the origins named, and from no others. The reply names the one origin that asked.
 * @example
 * class PublicStatsView extends CORSMixin(BaseAPIView) { override corsOrigins = ['https://www.example.com']; }
 */
export function CORSMixin<Base extends Ctor<View>>(base: Base): Base & Ctor<CORSPolicy> {
  if (CORS in base) return base as unknown as Base & Ctor<CORSPolicy>;
  abstract class WithCORS extends base implements CORSPolicy {
    static readonly [CORS] = true;
    corsOrigins: readonly string[] = readSetting(settingsOf(this), 'CORS_ORIGINS', []);
    corsMethods: readonly string[] = readSetting(settingsOf(this), 'CORS_METHODS', DEFAULT_METHODS);
    corsHeaders: readonly string[] = readSetting(settingsOf(this), 'CORS_HEADERS', DEFAULT_HEADERS);
    corsMaxAge: number = readSetting(settingsOf(this), 'CORS_MAX_AGE', 600);

    allowsOrigin(origin: string, _ctx: Context): MaybePromise<boolean> {
      return this.corsOrigins.includes(origin) || this.corsOrigins.includes('*');
    }
  }
  return WithCORS;
}

const DEFAULT_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const DEFAULT_HEADERS = [
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'x-api-key',
  'x-correlation-id',
  'x-trace-id',
];

// Applied once more, it would set back what a class has set.
const CORS = Symbol('CORSMixin');
