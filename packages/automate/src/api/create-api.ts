import { type ApiSettings, createLogger, type Logger } from '../kernel/index.ts';
import type { Authenticator } from './access/authentication.ts';
import { MemoryThrottleStore } from './access/memory-throttle-store.ts';
import { apiErrors } from './http/errors.ts';
import { pathOf } from './http/request.ts';
import type { AppServices } from './http/services.ts';
import type { ClientOfApi } from './openapi/client-sample.ts';
import { requireDescribable } from './openapi/describable.ts';
import { buildOpenAPI } from './openapi/document.ts';
import { securitySchemesOf } from './openapi/security.ts';
import type { Api } from './requests/api.ts';
import { MemoryIdempotencyStore } from './requests/memory-idempotency-store.ts';
import { createMatcher } from './routing/matcher.ts';
import { type ApiRouter, reversePath } from './routing/router.ts';
import { readSetting, unreadSettings } from './settings/settings.ts';
import { readTrustedProxies } from './settings/trusted-proxies.ts';
import { createStreams } from './streams/open-streams.ts';

export interface ApiOptions {
  readonly router: ApiRouter;
  readonly services: AppServices;
  /** Asked in order, for every view that names none of its own. */
  readonly authenticators?: readonly Authenticator[];
  /** Settings of the web layer, `loadSettings().api`. */
  readonly settings?: ApiSettings;
  readonly logger?: Logger;
  /** Path under which a host mounts the API; links, `reverse()` and the documentation start with it. @example '/automate' */
  readonly basePath?: string;
  /** Where people go after sign-in and from `/`: a path below the base path, or the id of the operation of a page. Default: the root. */
  readonly landing?: string;
  readonly title?: string;
  readonly version?: string;
  /** Markdown that the documentation begins with. Default: what is true of every route. */
  readonly description?: string;
  /** A published client of this API, whose calls the documentation shows. */
  readonly client?: ClientOfApi;
}

/**
 * Builds every view, checks every route, and fails at once when something is not right.
 * @example
 * const api = createApi({ router, services: { models }, authenticators: [apiKeyAuthenticator({ verify })], settings: settings.api });
 * const server = createFastifyServer(api);
 * await server.listen({ port: 3000 });
 */
export function createApi(options: ApiOptions): Api {
  const { router, settings = {}, services } = options;
  const routes = router.routes(settings);
  const basePath = toBasePath(options.basePath ?? '');
  const reverse = (operationId: string, params: Readonly<Record<string, string>> = {}) =>
    basePath + reversePath(routes, operationId, params);
  const landing = toLanding(options.landing, { routes, basePath, reverse });
  const { title = 'Automate API', version = '1', description, client } = options;
  const securitySchemes = securitySchemesOf(options.authenticators ?? []);
  requireDescribable(routes);
  let openapi: string | undefined;
  const describe = () => JSON.stringify(buildOpenAPI({ routes, basePath, title, version, description, client, securitySchemes }));
  const logger = options.logger ?? createLogger({ level: 'info', name: 'automate.api' });
  const limits = {
    bodyBytes: readSetting(settings, 'BODY_LIMIT_BYTES', 1_048_576),
    stallSeconds: readSetting(settings, 'STREAM_STALL_SECONDS', 60),
  };
  const streams = createStreams({
    perCaller: readSetting(settings, 'STREAMS_PER_CALLER', 200),
    perTenant: readSetting(settings, 'STREAMS_PER_TENANT', 1_000),
    inAll: readSetting(settings, 'STREAMS', 5_000),
  });
  const clientAddress = readTrustedProxies(settings);
  for (const name of unreadSettings(settings)) logger.warn({ setting: `AUTOMATE_API_${name}` }, 'a setting that nothing reads');
  return Object.freeze({
    routes,
    services,
    throttle: services.throttle ?? new MemoryThrottleStore(),
    idempotency: services.idempotency ?? new MemoryIdempotencyStore(),
    authenticators: options.authenticators ?? [],
    logger,
    limits,
    streams,
    clientAddress,
    basePath,
    reverse,
    has: (operationId: string) => routes.some((route) => route.operationId === operationId),
    landing: () => landing,
    scopes: [...new Set(routes.flatMap(({ scope }) => scope ?? []))].sort(),
    // Half of all that a start takes, and most processes are never asked.
    openapi: () => (openapi ??= describe()),
  });
}

function toBasePath(given: string): string {
  const path = given.split('/').filter((part) => part !== '');
  const isPlain = path.every((part) => /^[\w.~-]+$/.test(part) && !/^\.+$/.test(part));
  if (!isPlain) throw apiErrors.invalid_settings(`The base path "${given}" must be plain segments, such as "/automate".`);
  return path.map((part) => `/${part}`).join('');
}

/** @throws `invalid_settings` when nothing answers there */
function toLanding(given: string | undefined, api: Pick<Api, 'routes' | 'basePath' | 'reverse'>): string {
  if (given === undefined) return `${api.basePath}/`;
  if (!given.startsWith('/')) return api.reverse(given);
  const path = api.basePath + given;
  const found = createMatcher(api)(pathOf(path).replace(/#.*$/, ''));
  if (found?.routes.some(({ method }) => method === 'GET')) return path;
  throw apiErrors.invalid_settings(
    `Nothing answers GET at the landing page "${given}" (AUTOMATE_LANDING): name the path of a page, such as "/studio/".`,
  );
}
