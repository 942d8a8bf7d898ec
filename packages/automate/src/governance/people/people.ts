import { createHash, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '../../db/index.ts';
import {
  AppError,
  commonErrors,
  errorMessage,
  type Logger,
  newId,
  type Principal,
  type ThrottleStore,
} from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import { type RoleExtensions, type RoleName, scopesOfRole } from '../roles/roles.ts';
import { type Auth, createAuth, SESSION_COOKIE, SESSION_SECONDS } from './auth.ts';
import { storedToken } from './auth-database.ts';
import { newSessionToken, sessionCookie } from './cookie.ts';
import { peopleErrors } from './errors.ts';
import type { Mailer } from './mail.ts';
import { hashPassword, passwordProblem } from './password.ts';
import {
  consumeToken,
  findUser,
  firstStaff,
  hasUsers,
  insertMember,
  insertToken,
  insertUser,
  type Membership,
  membershipsOf,
  removeTokens,
  setPassword,
  type TokenPurpose,
  type UserRow,
} from './person.store.ts';
import { insertSession, removeSession, removeSessionsOf } from './session.store.ts';
import type { Sessions } from './sessions.ts';

/** Where a request of a person comes from. */
export interface Client {
  readonly address: string;
  readonly userAgent: string;
  readonly traceId: string;
  /** The network that attempts are counted by. */
  readonly network: string;
}

/** A person who is signed in now, with the cookie that says so. */
export interface SignedIn {
  readonly user: UserRow;
  readonly cookie: string;
}

export interface PeopleOptions {
  readonly db: Db;
  readonly audit: Audit;
  readonly throttle: ThrottleStore;
  readonly sessions: Sessions;
  readonly logger: Logger;
  readonly mailer: Mailer;
  /** What hosts add to the roles. */
  readonly roles: RoleExtensions;
  /** Signs cookies and encrypts second factors. */
  secret(): string;
  /** Where people reach this installation. */
  publicUrl(): string;
}

export const LINK_SECONDS = 3_600;
const ATTEMPT_WINDOW_SECONDS = 900;
/** Most attempts in a window: at one thing from one network, from one network at all, and at one thing from everywhere. */
const ATTEMPTS_TOGETHER = 10;
const ATTEMPTS_OF_NETWORK = 100;
const ATTEMPTS_OF_SUBJECT = 100;

/** People: how they come in, how they sign in, and the links that let them do so once. */
export class People {
  readonly options: PeopleOptions;
  #auth: Auth | undefined;

  constructor(options: PeopleOptions) {
    this.options = options;
  }

  /** Made when first used: its key is known only once the database is prepared. */
  get auth(): Auth {
    const { db, secret, publicUrl } = this.options;
    this.#auth ??= createAuth({ db, secret: secret(), publicUrl: publicUrl() });
    return this.#auth;
  }

  /** @throws AppError `sign_in_failed` whatever was wrong, `two_factor_required`, `rate_limited`, `too_busy` */
  async signIn(given: { email: string; password: string; code?: string | undefined }, client: Client): Promise<SignedIn> {
    const email = given.email.toLowerCase();
    await this.requireAttempts(client, `account:${email}`);
    const user = await findUser(this.options.db, { email });
    const cookie = await this.#checkCredentials({ ...given, email }, client).catch(async (error: unknown) => {
      const isFailure = AppError.is(error) && error.code === 'sign_in_failed';
      if (user && isFailure) await this.#recordFailure(user, client);
      throw error;
    });
    if (!user || user.disabled_at !== null) {
      if (user) await removeSessionsOf(this.options.db, user.id);
      throw failed();
    }
    await this.#recordSignIn(user, client, 'password');
    await this.options.sessions.announce();
    return { user, cookie };
  }

  /** Whether the first owner is still to be set up. */
  async isNew(db: Queryable = this.options.db): Promise<boolean> {
    return !(await hasUsers(db));
  }

  /** A path that lets whoever has it in once: to set up the first owner, or to sign in as the first of the staff. */
  async startLink(): Promise<string | undefined> {
    if (await this.isNew()) return `/setup/#token=${await this.issue('setup', null, 7 * 86_400)}`;
    const staff = await firstStaff(this.options.db);
    return staff && `/sign-in/#token=${await this.issue('sign_in', staff.id, LINK_SECONDS)}`;
  }

  /** Mails a link to choose a new password, if there is such an account. The caller learns nothing of that, nor does the clock. */
  async requestReset(address: string, client: Client): Promise<void> {
    const email = address.toLowerCase();
    await this.requireAttempts(client, `forgot:${email}`);
    const { db, mailer, publicUrl, logger } = this.options;
    const work = async () => {
      const user = await findUser(db, { email });
      if (!user || user.disabled_at !== null) return;
      const link = publicUrl() + (await this.resetLink(user.id));
      const text = `Choose a new password within a day:\n\n${link}\n\nIf you did not ask for this, do nothing.\n`;
      mailer.send({ to: user.email, subject: 'Choose a new password', text });
    };
    setImmediate(() => work().catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'no reset link made')));
  }

  scopesOf(role: RoleName): readonly string[] {
    return scopesOfRole(role, this.options.roles);
  }

  /** A path that lets its holder choose a new password, once. */
  async resetLink(userId: string): Promise<string> {
    return `/reset-password/#token=${await this.issue('reset_password', userId, 86_400)}`;
  }

  /** @throws AppError `link_invalid` */
  async setUp(given: { token: string; email: string; name: string; password: string }, client: Client): Promise<SignedIn> {
    await this.requireAttempts(client);
    requireGoodPassword(given.password, given);
    const hash = await hashPassword(given.password);
    const userId = newId();
    await this.options.db.transaction(async (transaction) => {
      await this.lockSetUp(transaction);
      if (!(await consumeToken(transaction, digest(given.token), 'setup')) || (await hasUsers(transaction))) throw invalidLink();
      await this.createOwner(transaction, { id: userId, ...given, hash });
    });
    return this.#admit(await this.#require(userId), client, 'setup');
  }

  /** Held until the transaction ends: there is one first owner. */
  async lockSetUp(transaction: Queryable): Promise<void> {
    await transaction.query(`select pg_advisory_xact_lock(hashtextextended('automate.setup', 0))`);
  }

  /** A staff user who owns the tenant `default`. */
  async createOwner(
    transaction: Queryable,
    { id, email, name, hash }: { id: string; email: string; name: string; hash: string },
  ): Promise<void> {
    await insertUser(transaction, { id, email, name, isStaff: true, isEmailVerified: true });
    await setPassword(transaction, { id: newId(), userId: id, hash });
    const { rows } = await transaction.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const tenantId = rows[0]?.id as string;
    await insertMember(transaction, { id: newId(), tenantId, userId: id, role: 'owner', email, name });
    await this.record(transaction, { tenantId, actor: 'system', traceId: '-', address: null }, 'user.create', id, {
      after: { email, name, is_staff: true, role: 'owner' },
    });
  }

  /** @throws AppError `link_invalid` */
  async signInByLink(token: string, client: Client): Promise<SignedIn> {
    await this.requireAttempts(client);
    const found = await this.options.db.transaction((transaction) => consumeToken(transaction, digest(token), 'sign_in'));
    const user = found?.user_id ? await findUser(this.options.db, { id: found.user_id }) : undefined;
    if (!user || user.disabled_at !== null) throw invalidLink();
    return this.#admit(user, client, 'link');
  }

  /** Sets a new password by a link, ends all sessions, and signs in nobody: a second factor is still asked for. @throws AppError `link_invalid` */
  async resetPassword({ token, password }: { token: string; password: string }, client: Client): Promise<void> {
    await this.requireAttempts(client);
    const hash = await hashPassword(password);
    await this.options.db.transaction(async (transaction) => {
      const found = await consumeToken(transaction, digest(token), 'reset_password');
      const user = found?.user_id ? await findUser(transaction, { id: found.user_id }) : undefined;
      if (!user || user.disabled_at !== null) throw invalidLink();
      requireGoodPassword(password, user);
      await setPassword(transaction, { id: newId(), userId: user.id, hash });
      await removeSessionsOf(transaction, user.id);
      await removeTokens(transaction, 'reset_password', user.id);
      await this.recordForAll(transaction, user, client, 'password.reset');
    });
    await this.options.sessions.announce();
  }

  /** Replaces the session by one with another token; what else is known of the old one is void. */
  async renew(principal: Principal, client: Client, tenantId: string, endsOthers: boolean): Promise<string> {
    const token = newSessionToken();
    await this.options.db.transaction(async (transaction) => {
      if (endsOthers) await removeSessionsOf(transaction, principal.id);
      await this.#insertSession(transaction, principal.id, token, tenantId, client);
    });
    await this.options.sessions.announce();
    return sessionCookie(this.options.secret(), token);
  }

  /** @param token of the session that ends */
  async signOut(principal: Principal, token: string, actor: AuditActor): Promise<void> {
    await this.options.db.transaction(async (transaction) => {
      if (await removeSession(transaction, principal.id, { token: storedToken(token) }))
        await this.record(transaction, actor, 'session.sign_out', principal.id);
    });
    await this.options.sessions.announce();
  }

  memberships(userId: string): Promise<Membership[]> {
    return membershipsOf(this.options.db, userId);
  }

  /** A person who was invited and is new here. */
  async createMember(
    transaction: Queryable,
    person: { email: string; name: string; hash: string; tenantId: string; role: RoleName },
  ): Promise<string> {
    const id = newId();
    await insertUser(transaction, { id, email: person.email, name: person.name, isStaff: false, isEmailVerified: true });
    await setPassword(transaction, { id: newId(), userId: id, hash: person.hash });
    await insertMember(transaction, { ...person, id: newId(), userId: id });
    return id;
  }

  /** Signs in a person who has proved who they are in another way than by password. */
  async admit(userId: string, client: Client, way: string, tenantId?: string): Promise<SignedIn> {
    return this.#admit(await this.#require(userId), client, way, tenantId);
  }

  /** Counts an attempt, by the network it comes from and by what can be guessed at: an account, but no link, which holds 256 random bits. @throws AppError `rate_limited` */
  async requireAttempts({ network }: Client, subject?: string): Promise<void> {
    const { throttle } = this.options;
    const count = (key: string, limit: number) => throttle.hit(`people:${key}`, { limit, windowSeconds: ATTEMPT_WINDOW_SECONDS });
    const results = [await count(network, ATTEMPTS_OF_NETWORK)];
    if (subject !== undefined) {
      // From elsewhere others may try too, but they must not lock out whoever an account belongs to.
      results.push(await count(`${subject} ${network}`, ATTEMPTS_TOGETHER), await count(subject, ATTEMPTS_OF_SUBJECT));
    }
    const refused = results.filter(({ allowed }) => !allowed).map(({ resetSeconds }) => resetSeconds);
    if (refused.length === 0) return;
    const seconds = Math.max(...refused);
    throw commonErrors.rate_limited(`Too many attempts: try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    });
  }

  async issue(purpose: TokenPurpose, userId: string | null, seconds: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.options.db.transaction(async (transaction) => {
      await removeTokens(transaction, purpose, userId);
      await insertToken(transaction, { hash: digest(token), purpose, userId, seconds });
    });
    return token;
  }

  record(
    transaction: Queryable,
    actor: AuditActor,
    action: string,
    userId: string,
    diff: Record<string, unknown> = {},
  ): Promise<void> {
    return this.options.audit.record(transaction, { ...actor, action, target: { type: 'user', id: userId }, diff });
  }

  /** In each tenant that the person belongs to, since it concerns them all. */
  async recordForAll(transaction: Queryable, user: { id: string }, client: Client, action: string, diff = {}): Promise<void> {
    for (const { tenant_id: tenantId } of await membershipsOf(transaction as Db, user.id)) {
      const actor = { tenantId, actor: `user:${user.id}`, traceId: client.traceId, address: client.address };
      await this.record(transaction, actor, action, user.id, diff);
    }
  }

  async #admit(user: UserRow, client: Client, way: string, tenantId?: string): Promise<SignedIn> {
    const token = newSessionToken();
    await this.options.db.transaction((transaction) =>
      this.#insertSession(transaction, user.id, token, tenantId ?? null, client),
    );
    await this.#recordSignIn(user, client, way);
    await this.options.sessions.announce();
    return { user, cookie: sessionCookie(this.options.secret(), token) };
  }

  #insertSession(transaction: Queryable, userId: string, token: string, tenantId: string | null, client: Client): Promise<void> {
    const { address, userAgent } = client;
    const session = { id: newId(), userId, token: storedToken(token), tenantId, address, userAgent, seconds: SESSION_SECONDS };
    return insertSession(transaction, session);
  }

  /** Checks password and, where there is one, the second factor, and starts a session. */
  async #checkCredentials(
    given: { email: string; password: string; code?: string | undefined },
    client: Client,
  ): Promise<string> {
    const headers = new Headers({ 'user-agent': client.userAgent, 'x-forwarded-for': client.address });
    const { email, password, code } = given;
    const first = await asAppError(this.auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true }));
    if (!('twoFactorRedirect' in first.response)) return cookieIn(first.headers);
    if (code === undefined)
      throw peopleErrors.two_factor_required('Send the code of your authenticator, or a backup code, as "code".');
    headers.set('cookie', cookiesIn(first.headers));
    const isBackup = !/^\d{6}$/.test(code);
    const second = isBackup
      ? this.auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true })
      : this.auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true });
    return cookieIn((await asAppError(second)).headers);
  }

  async #recordSignIn(user: UserRow, client: Client, way: string): Promise<void> {
    try {
      const { db } = this.options;
      const [first] = await membershipsOf(db, user.id);
      if (!first) throw commonErrors.forbidden('You belong to no tenant any more: ask for an invitation.');
      const actor = { tenantId: first.tenant_id, actor: `user:${user.id}`, traceId: client.traceId, address: client.address };
      await db.transaction((transaction) => this.record(transaction, actor, 'session.sign_in', user.id, { way }));
    } catch (error) {
      // Nobody comes in unnoted.
      await removeSessionsOf(this.options.db, user.id);
      throw error;
    }
  }

  async #recordFailure(user: UserRow, client: Client): Promise<void> {
    const { db } = this.options;
    const [first] = await membershipsOf(db, user.id);
    if (!first) return;
    const actor = { tenantId: first.tenant_id, actor: 'system', traceId: client.traceId, address: client.address };
    await db.transaction((transaction) => this.record(transaction, actor, 'session.sign_in_failed', user.id));
  }

  async #require(userId: string): Promise<UserRow> {
    const user = await findUser(this.options.db, { id: userId });
    if (!user || user.disabled_at !== null) throw failed();
    return user;
  }
}

/** SHA-256 of a token of a link: 256 random bits need no slow hash. */
export function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** @throws AppError `invalid_input` at `/password` */
export function requireGoodPassword(
  password: string,
  person: { email: string; name?: string | undefined },
  pointer = '/password',
): void {
  const problem = passwordProblem(password, person);
  if (!problem) return;
  throw commonErrors.invalid_input(`${pointer}: ${problem}`, { errors: [{ pointer, code: 'weak_password', message: problem }] });
}

/** What better-auth refuses, told in one way: nothing may show which part was wrong. */
export async function asAppError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (AppError.is(error)) throw error;
    const { statusCode, body } = error as { statusCode?: number; body?: { code?: string } };
    if (statusCode === 429)
      throw commonErrors.rate_limited('Too many wrong codes: try again later.', { headers: { 'retry-after': '900' } });
    if (statusCode !== undefined && statusCode < 500) throw failed(body?.code);
    throw error;
  }
}

function failed(cause?: string): AppError {
  return peopleErrors.sign_in_failed('E-mail address, password or code is wrong.', cause === undefined ? {} : { cause });
}

export function invalidLink(): AppError {
  const message = 'The link was used already, has expired or was never made: ask for a new one.';
  return peopleErrors.link_invalid(message, { errors: [{ pointer: '/token', code: 'link_invalid', message }] });
}

function cookieIn(headers: Headers): string {
  const found = headers.getSetCookie().find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`) && !/Max-Age=0/i.test(cookie));
  if (!found) throw failed();
  return found;
}

function cookiesIn(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
