import type { Authenticator, Context } from '../../api/index.ts';
import { badCredentials } from '../../api/index.ts';
import type { Db } from '../../db/index.ts';
import { type Credential, createCredentialCache, type Roles } from '../../governance/index.ts';
import { errorMessage, type Logger, type Principal } from '../../kernel/index.ts';
import { presentedToken, requireSameOrigin } from './cookie.ts';
import { findLive, touchSessions } from './session.store.ts';
import { SESSION_COOKIE, sessionHash } from './session-token.ts';

export interface SessionsOptions {
  readonly db: Db;
  readonly logger: Logger;
  /** Signs cookies. */
  secret(): string;
  readonly publicUrl: string | undefined;
  readonly roles: Roles;
}

export interface Sessions {
  /** Knows people by their session cookie. */
  readonly authenticator: Authenticator;
  /** Says that sessions, memberships or users have changed: every process looks them up again. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = 'automate_sessions';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export async function createSessions({ db, logger, secret, publicUrl, roles }: SessionsOptions): Promise<Sessions> {
  const cache = await createCredentialCache({ db, logger, channel: CHANNEL, load });

  async function load(hashes: readonly string[]): Promise<ReadonlyMap<string, Credential>> {
    const rows = await findLive(
      db,
      hashes.map((hash) => Buffer.from(hash, 'base64')),
    );
    const idle = rows.filter((row) => !row.was_used_lately);
    if (idle.length > 0)
      await touchSessions(db, idle).catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'last use not noted'));
    return new Map(
      rows.map((row) => {
        const principal: Principal = {
          id: row.user_id,
          kind: 'user',
          userId: row.user_id,
          tenantId: row.tenant_id,
          isStaff: row.is_staff,
          scopes: roles.scopesOf(row.role),
        };
        // Use makes it longer, so an end by idleness is looked up again rather than believed.
        return [Buffer.from(row.hash).toString('base64'), { principal }];
      }),
    );
  }

  return {
    authenticator: {
      name: 'session',
      challenge: 'Bearer realm="automate"',
      schemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description: 'The session of a person who has signed in. The browser sends it; pages cannot read it.',
        },
      },
      authenticate(ctx: Context) {
        const token = presentedToken(ctx, secret());
        if (token === undefined) return null;
        if (token === null) throw badCredentials();
        if (!SAFE_METHODS.has(ctx.request.method)) requireSameOrigin(ctx, publicUrl);
        const found = cache.find(sessionHash(token).toString('base64'));
        const accept = (principal: Principal | null) => {
          if (!principal) throw badCredentials();
          return principal;
        };
        return found instanceof Promise ? found.then(accept) : accept(found);
      },
    },
    announce: () => cache.announce(),
    close: () => cache.close(),
  };
}
