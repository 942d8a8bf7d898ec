import { badCredentials } from '../../api/index.ts';
import type { Db, Queryable } from '../../db/index.ts';
import type { AuditActor } from '../../governance/index.ts';
import { commonErrors, newId, type Principal } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { signInFailed } from '../people/errors.ts';
import { membershipsOf } from '../people/member.store.ts';
import { lockUser, type UserRow } from '../people/person.store.ts';
import type { Records } from '../people/records.ts';
import { sessionCookie } from '../sessions/cookie.ts';
import { insertSession, removeSession, removeSessionsOf } from '../sessions/session.store.ts';
import { newSessionToken, SESSION_SECONDS, sessionHash } from '../sessions/session-token.ts';
import type { Sessions } from '../sessions/sessions.ts';

/** A person who is signed in now, with the cookie that says so. */
export interface SignedIn {
  readonly user: UserRow;
  readonly cookie: string;
}

/** Sessions: how they begin once it is known who somebody is, and how they end. */
export interface Admission {
  /**
   * Signs in a person who has proved who they are, in the transaction that has found it out, and writes it down there: nobody comes
   * in unnoted, and what they showed is not used up without.
   * @throws AppError `sign_in_failed` for an account that is disabled, `forbidden` for one that belongs to no tenant any more
   */
  admit(transaction: Queryable, entrance: Entrance): Promise<SignedIn>;
  /**
   * Replaces a session by one with another token; what else is known of the old one is void. @returns the cookie
   * @param token of the session, which must not have ended meanwhile
   * @throws AppError `unauthenticated`
   */
  renew(principal: Principal, token: string, client: Client, options: RenewOptions): Promise<string>;
  /** @param token of the session that ends */
  signOut(principal: Principal, token: string, actor: AuditActor): Promise<void>;
}

export interface Entrance {
  readonly userId: string;
  readonly client: Client;
  /** As the audit record tells it. */
  readonly way: string;
  /** The tenant to work in; default the person's first. */
  readonly tenantId?: string | undefined;
}

export interface RenewOptions {
  readonly tenantId: string;
  readonly endsOthers: boolean;
  /** Is done in the same transaction, once the session is known to be good. */
  readonly work?: (transaction: Queryable) => Promise<void>;
}

export interface AdmissionOptions {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly records: Records;
  /** Signs cookies. */
  secret(): string;
}

export function createAdmission({ db, sessions, records, secret }: AdmissionOptions): Admission {
  /** @returns the cookie */
  async function start(transaction: Queryable, userId: string, tenantId: string | null, client: Client): Promise<string> {
    const { address, userAgent } = client;
    const token = newSessionToken();
    const session = { id: newId(), userId, hash: sessionHash(token), tenantId, address, userAgent, seconds: SESSION_SECONDS };
    await insertSession(transaction, session);
    return sessionCookie(secret(), token);
  }

  return {
    async admit(transaction, { userId, client, way, tenantId }) {
      const user = await lockUser(transaction, { id: userId });
      if (!user || user.disabled_at !== null) throw signInFailed();
      const [first] = await membershipsOf(transaction, userId);
      if (!first) throw commonErrors.forbidden('You belong to no tenant any more: ask for an invitation.');
      const cookie = await start(transaction, userId, tenantId ?? null, client);
      const actor = { tenantId: first.tenant_id, actor: `user:${userId}`, traceId: client.traceId, address: client.address };
      await records.record(transaction, actor, 'session.sign_in', userId, { way });
      return { user, cookie };
    },
    async renew(principal, token, client, { tenantId, endsOthers, work }) {
      const cookie = await db.transaction(async (transaction) => {
        await lockUser(transaction, { id: principal.id });
        // Known from memory, it may have ended since: it must not live on as another one.
        if (!(await removeSession(transaction, principal.id, { hash: sessionHash(token) }))) throw badCredentials();
        await work?.(transaction);
        if (endsOthers) await removeSessionsOf(transaction, principal.id);
        return start(transaction, principal.id, tenantId, client);
      });
      await sessions.announce();
      return cookie;
    },
    async signOut(principal, token, actor) {
      await db.transaction(async (transaction) => {
        if (await removeSession(transaction, principal.id, { hash: sessionHash(token) }))
          await records.record(transaction, actor, 'session.sign_out', principal.id);
      });
      await sessions.announce();
    },
  };
}
