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
  /** Signs in a person who has proved who they are in another way than by password. @param way as the audit record tells it */
  admit(userId: string, client: Client, way: string, tenantId?: string): Promise<SignedIn>;
  /** Replaces the session by one with another token; what else is known of the old one is void. @returns the cookie */
  renew(principal: Principal, client: Client, tenantId: string, endsOthers: boolean): Promise<string>;
  /** @param token of the session that ends */
  signOut(principal: Principal, token: string, actor: AuditActor): Promise<void>;
  recordSignIn(user: UserRow, client: Client, way: string): Promise<void>;
  recordFailure(user: Pick<UserRow, 'id'>, client: Client, facts?: Record<string, unknown>): Promise<void>;
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
    async admit(userId, client, way, tenantId) {
      const user = await findUser(db, { id: userId });
      if (!user || user.disabled_at !== null) throw signInFailed();
      const token = newSessionToken();
      await db.transaction((transaction) => start(transaction, user.id, token, tenantId ?? null, client));
      await admission.recordSignIn(user, client, way);
      await sessions.announce();
      return { user, cookie: sessionCookie(secret(), token) };
    },
    async renew(principal, client, tenantId, endsOthers) {
      const token = newSessionToken();
      await db.transaction(async (transaction) => {
        if (endsOthers) await removeSessionsOf(transaction, principal.id);
        await start(transaction, principal.id, token, tenantId, client);
      });
      await sessions.announce();
      return sessionCookie(secret(), token);
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
