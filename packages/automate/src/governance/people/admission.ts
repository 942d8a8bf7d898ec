import { badCredentials } from '../../api/index.ts';
import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors, newId, type Principal } from '../../kernel/index.ts';
import type { AuditActor } from '../audit/audit.ts';
import type { Client } from './client.ts';
import { newSessionToken, sessionCookie } from './cookie.ts';
import { signInFailed } from './errors.ts';
import { findUser, membershipsOf, type UserRow } from './person.store.ts';
import type { Records } from './records.ts';
import { insertSession, removeSession, removeSessionsOf } from './session.store.ts';
import { SESSION_SECONDS, storedToken } from './session-token.ts';
import type { Sessions } from './sessions.ts';

/** A person who is signed in now, with the cookie that says so. */
export interface SignedIn {
  readonly user: UserRow;
  readonly cookie: string;
}

/** Sessions: how they begin once it is known who somebody is, and how they end. */
export interface Admission {
  /** Signs in a person who has proved who they are. @param way as the audit record tells it */
  admit(userId: string, client: Client, way: string, options?: AdmitOptions): Promise<SignedIn>;
  /**
   * Replaces a session by one with another token; what else is known of the old one is void. @returns the cookie
   * @param token of the session, which must not have ended meanwhile; undefined when the database was just asked for it
   * @throws AppError `unauthenticated`
   */
  renew(principal: Principal, token: string | undefined, client: Client, options: RenewOptions): Promise<string>;
  /** @param token of the session that ends */
  signOut(principal: Principal, token: string, actor: AuditActor): Promise<void>;
  recordSignIn(user: UserRow, client: Client, way: string): Promise<void>;
  recordFailure(user: Pick<UserRow, 'id'>, client: Client, facts?: Record<string, unknown>): Promise<void>;
}

export interface AdmitOptions {
  /** The tenant to work in; default the person's first. */
  readonly tenantId?: string | undefined;
  /** Looks again, in the transaction in which the session begins, at what it stands on. @throws to refuse */
  readonly check?: (transaction: Queryable) => Promise<void>;
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
  function start(transaction: Queryable, userId: string, token: string, tenantId: string | null, client: Client): Promise<void> {
    const { address, userAgent } = client;
    const session = { id: newId(), userId, token: storedToken(token), tenantId, address, userAgent, seconds: SESSION_SECONDS };
    return insertSession(transaction, session);
  }

  const admission: Admission = {
    async admit(userId, client, way, { tenantId, check } = {}) {
      const user = await findUser(db, { id: userId });
      if (!user || user.disabled_at !== null) throw signInFailed();
      const token = newSessionToken();
      await db.transaction(async (transaction) => {
        await check?.(transaction);
        await start(transaction, user.id, token, tenantId ?? null, client);
      });
      await admission.recordSignIn(user, client, way);
      await sessions.announce();
      return { user, cookie: sessionCookie(secret(), token) };
    },
    async renew(principal, token, client, { tenantId, endsOthers, work }) {
      const next = newSessionToken();
      await db.transaction(async (transaction) => {
        // Known from memory, it may have ended since: it must not live on as another one.
        if (token !== undefined && !(await removeSession(transaction, principal.id, { token: storedToken(token) })))
          throw badCredentials();
        await work?.(transaction);
        if (endsOthers) await removeSessionsOf(transaction, principal.id);
        await start(transaction, principal.id, next, tenantId, client);
      });
      await sessions.announce();
      return sessionCookie(secret(), next);
    },
    async signOut(principal, token, actor) {
      await db.transaction(async (transaction) => {
        if (await removeSession(transaction, principal.id, { token: storedToken(token) }))
          await records.record(transaction, actor, 'session.sign_out', principal.id);
      });
      await sessions.announce();
    },
    async recordSignIn(user, client, way) {
      try {
        const [first] = await membershipsOf(db, user.id);
        if (!first) throw commonErrors.forbidden('You belong to no tenant any more: ask for an invitation.');
        const actor = { tenantId: first.tenant_id, actor: `user:${user.id}`, traceId: client.traceId, address: client.address };
        await db.transaction((transaction) => records.record(transaction, actor, 'session.sign_in', user.id, { way }));
      } catch (error) {
        // Nobody comes in unnoted.
        await removeSessionsOf(db, user.id);
        throw error;
      }
    },
    async recordFailure(user, client, facts) {
      const [first] = await membershipsOf(db, user.id);
      if (!first) return;
      const actor = { tenantId: first.tenant_id, actor: 'system', traceId: client.traceId, address: client.address };
      await db.transaction((transaction) => records.record(transaction, actor, 'session.sign_in_failed', user.id, facts));
    },
  };
  return admission;
}
