import { commonErrors, type Principal } from '../../kernel/index.ts';
import type { Context, MaybePromise } from '../http/context.ts';
import { headerOf } from '../http/request.ts';

/** Ways to say who is asking, as OpenAPI describes them, by their names there. */
export type SecuritySchemes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What {@link apiKeyAuthenticator} reads. */
export const apiKeySchemes: SecuritySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, as `Authorization: Bearer <key>`.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key in a header of its own.' },
};

/** Finds out who is asking from one kind of credentials. */
export interface Authenticator {
  readonly name: string;
  /** Sent in `WWW-Authenticate` with a 401. @example 'Bearer realm="automate"' */
  readonly challenge: string;
  /** What it reads, for the documentation. @example { session: { type: 'apiKey', in: 'cookie', name: 'session' } } */
  readonly schemes?: SecuritySchemes | undefined;
  /**
   * Null when the request carries no credentials of this kind.
   * @throws `unauthenticated` when it carries some and they are not good.
   */
  authenticate(ctx: Context): MaybePromise<Principal | null>;
}

/**
 * Reads a key from `Authorization: Bearer <key>` or `X-API-Key: <key>`. Every bad key gets the same answer.
 * @param options.verify gives the key's principal or null; compare hashes, not keys.
 * @example
 * createApi({ authenticators: [apiKeyAuthenticator({ verify: (key) => apiKeys.verify(key) })], … });
 */
export function apiKeyAuthenticator(options: {
  verify(key: string, ctx: Context): MaybePromise<Principal | null>;
}): Authenticator {
  const accept = (principal: Principal | null): Principal => {
    if (!principal) throw badCredentials();
    return principal;
  };
  return {
    name: 'api_key',
    challenge: 'Bearer realm="automate"',
    schemes: apiKeySchemes,
    authenticate(ctx) {
      const key = presentedKey(ctx);
      if (key === undefined) return null;
      const found = options.verify(key, ctx);
      return found instanceof Promise ? found.then(accept) : accept(found);
    },
  };
}

/** The answer to credentials that are not good, whatever is wrong with them. */
export function badCredentials() {
  return commonErrors.unauthenticated('The credentials are not valid.');
}

// RFC 9110, 11.1: the scheme is case-insensitive. RFC 6750, 2.1: the characters of a token.
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;
const MAX_KEY_LENGTH = 4_096;

function presentedKey(ctx: Context): string | undefined {
  const authorization = headerOf(ctx.request, 'authorization');
  if (authorization !== undefined) {
    const key = authorization.length <= MAX_KEY_LENGTH ? BEARER.exec(authorization)?.[1] : undefined;
    if (key === undefined) throw badCredentials();
    return key;
  }
  const key = headerOf(ctx.request, 'x-api-key');
  if (key === undefined) return undefined;
  if (key === '' || key.length > MAX_KEY_LENGTH) throw badCredentials();
  return key;
}
