import type { z } from 'zod';
import { BaseViewSet, badCredentials, type Context, type Permission, requirePrincipal } from '../../api/index.ts';
import { auditActorOf, tenantOf } from '../../governance/index.ts';
import { commonErrors, type Principal } from '../../kernel/index.ts';
import { peopleErrors, signInFailed } from '../people/errors.ts';
import { removeTokens } from '../people/one-time-token.store.ts';
import { hashPassword, requireGoodPassword, verifyPassword } from '../people/password.ts';
import { findUser, lockUser, passwordOf, setPassword, type UserRow } from '../people/person.store.ts';
import { expiredCookie, presentedToken } from '../sessions/cookie.ts';
import { holdSession, listSessions, removeSession } from '../sessions/session.store.ts';
import { sessionHash } from '../sessions/session-token.ts';
import type { RenewOptions } from '../sign-in/admission.ts';
import { clientOf, startSession } from '../sign-in/requests.ts';
import {
  OwnSessions,
  PasswordChange,
  SessionView,
  TenantSwitch,
  TwoFactorConfirm,
  TwoFactorSecret,
  TwoFactorStart,
} from './schemas.ts';

/** Whoever is signed in: a key has no password to change and no session to end. */
const IsPerson: Permission = { name: 'IsPerson', allows: (ctx) => ctx.principal?.kind === 'user' };

/** What people do with their own account. All of it but looking needs a session: a key has no password to change. */
export class SessionViewSet extends BaseViewSet {
  static {
    const own = { detail: false, permissions: [IsPerson] } as const;
    const change = { ...own, methods: ['post'], idempotent: false } as const;
    this.action('session', { detail: false, summary: 'Tell who is asking, and what they may do', response: SessionView });
    this.action('switchTenant', {
      ...change,
      path: 'session/tenant',
      summary: 'Work in another tenant',
      body: TenantSwitch,
      response: SessionView,
    });
    this.action('signOut', { ...change, summary: 'Sign out', status: 204 });
    this.action('sessions', { ...own, summary: 'List your sessions', response: OwnSessions });
    this.action('endSession', {
      ...own,
      methods: ['delete'],
      path: 'sessions/{id}',
      summary: 'End one of your sessions',
      status: 204,
    });
    this.action('password', { ...change, summary: 'Change your password', body: PasswordChange, status: 204 });
    this.action('twoFactor', {
      ...change,
      summary: 'Begin to set up a second factor',
      description: 'It is asked for from the moment it is confirmed with a first code.',
      body: TwoFactorStart,
      response: TwoFactorSecret,
    });
    this.action('confirmTwoFactor', {
      ...change,
      path: 'two-factor/confirm',
      summary: 'Confirm the second factor',
      body: TwoFactorConfirm,
      status: 204,
    });
    this.action('disableTwoFactor', {
      ...change,
      path: 'two-factor/disable',
      summary: 'Give up the second factor',
      body: TwoFactorStart,
      status: 204,
    });
  }
  override tag = 'Sign-in';

  async session(ctx: Context): Promise<z.input<typeof SessionView>> {
    const principal = requirePrincipal(ctx);
    return this.describe(ctx, principal, principal.tenantId);
  }

  async switchTenant(ctx: Context<z.output<typeof TenantSwitch>>): Promise<z.input<typeof SessionView>> {
    const principal = requirePrincipal(ctx);
    const { people } = ctx.services;
    const wanted = (await people.memberships(principal.id)).find(({ tenant_id }) => tenant_id === ctx.body.tenant_id);
    if (!wanted) throw commonErrors.not_found('You belong to no such tenant.');
    const renewal = { tenantId: wanted.tenant_id, endsOthers: false };
    startSession(ctx, await people.renew(principal, tokenOf(ctx), clientOf(ctx), renewal));
    return this.describe(ctx, principal, wanted.tenant_id);
  }

  async signOut(ctx: Context): Promise<void> {
    const principal = requirePrincipal(ctx);
    const { people } = ctx.services;
    await people.signOut(principal, tokenOf(ctx), auditActorOf(ctx));
    startSession(ctx, expiredCookie);
  }

  async sessions(ctx: Context): Promise<z.input<typeof OwnSessions>> {
    const rows = await listSessions(ctx.services.database, requirePrincipal(ctx).id);
    const current = sessionHash(tokenOf(ctx));
    return {
      results: rows.map(({ ip_address, user_agent, updated_at, hash, ...row }) => ({
        ...row,
        address: ip_address ?? '',
        user_agent: user_agent ?? '',
        last_used_at: updated_at,
        is_current: current.equals(hash),
      })),
    };
  }

  async endSession(ctx: Context): Promise<void> {
    const { database, people } = ctx.services;
    const principal = requirePrincipal(ctx);
    const id = ctx.params.id ?? '';
    await database.transaction(async (transaction) => {
      const isOne = /^[0-9a-f-]{36}$/i.test(id) && (await removeSession(transaction, principal.id, { id }));
      if (!isOne) throw commonErrors.not_found('You have no session with this id.');
      await people.record(transaction, auditActorOf(ctx), 'session.end', principal.id, { session_id: id });
    });
    await people.options.sessions.announce();
  }

  /** Ends every other session, and gives this one a new token. */
  async password(ctx: Context<z.output<typeof PasswordChange>>): Promise<void> {
    const { people } = ctx.services;
    const principal = requirePrincipal(ctx);
    const user = await this.requirePassword(ctx, 'password', ctx.body.current_password);
    requireGoodPassword(ctx.body.new_password, user, '/new_password');
    const hash = await hashPassword(ctx.body.new_password);
    await this.renew(ctx, async (transaction) => {
      await setPassword(transaction, principal.id, hash);
      await removeTokens(transaction, 'reset_password', principal.id);
      await people.record(transaction, auditActorOf(ctx), 'password.change', principal.id);
    });
  }

  async twoFactor(ctx: Context<z.output<typeof TwoFactorStart>>): Promise<z.input<typeof TwoFactorSecret>> {
    const { database, people } = ctx.services;
    const user = await this.requirePassword(ctx, 'two-factor', ctx.body.password);
    const made = await database.transaction(async (transaction) => {
      await lockUser(transaction, user);
      if (!(await holdSession(transaction, sessionHash(tokenOf(ctx))))) throw badCredentials();
      return people.secondFactor.begin(transaction, user);
    });
    if (!made) throw commonErrors.conflict('You have a second factor: give it up before you set up another.');
    ctx.reply.header('cache-control', 'no-store');
    return { uri: made.uri, backup_codes: [...made.backupCodes] };
  }

  /** The other sessions were started without it, so they end. */
  async confirmTwoFactor(ctx: Context<z.output<typeof TwoFactorConfirm>>): Promise<void> {
    const { people } = ctx.services;
    const { id } = requirePrincipal(ctx);
    await people.requireAttempts(clientOf(ctx), `two-factor:${id}`);
    await this.renew(ctx, async (transaction) => {
      if (!(await people.secondFactor.confirm(transaction, id, ctx.body.code))) throw signInFailed();
      await people.record(transaction, auditActorOf(ctx), 'two_factor.enable', id);
    });
  }

  async disableTwoFactor(ctx: Context<z.output<typeof TwoFactorStart>>): Promise<void> {
    const { people } = ctx.services;
    const { id } = await this.requirePassword(ctx, 'two-factor', ctx.body.password);
    await this.renew(ctx, async (transaction) => {
      await people.secondFactor.remove(transaction, id);
      await people.record(transaction, auditActorOf(ctx), 'two_factor.disable', id);
    });
  }

  /** Asks for the password again before something that stays. @param subject that the attempts are counted at */
  private async requirePassword(ctx: Context, subject: string, password: string): Promise<UserRow> {
    const { database, people } = ctx.services;
    const { id } = requirePrincipal(ctx);
    await people.requireAttempts(clientOf(ctx), `${subject}:${id}`);
    const user = await findUser(database, { id });
    const stored = await passwordOf(database, id);
    if (!stored) throw noPassword();
    if (!user || !(await verifyPassword(stored, password))) throw peopleErrors.sign_in_failed('The password is wrong.');
    return user;
  }

  /** Does something with a session that is good at this moment, gives it a new token and ends the others. */
  private async renew(ctx: Context, work: NonNullable<RenewOptions['work']>): Promise<void> {
    const { people } = ctx.services;
    const principal = requirePrincipal(ctx);
    const renewal = { tenantId: principal.tenantId, endsOthers: true, work };
    startSession(ctx, await people.renew(principal, tokenOf(ctx), clientOf(ctx), renewal));
  }

  private async describe(ctx: Context, principal: Principal, tenantId: string): Promise<z.input<typeof SessionView>> {
    const { database, people, roles } = ctx.services;
    const user = principal.userId === undefined ? undefined : await findUser(database, { id: principal.userId });
    const tenants = principal.kind === 'user' ? await people.memberships(principal.id) : [];
    const tenant = await tenantOf(database, tenantId);
    if (!tenant) throw commonErrors.not_found('The tenant is gone.');
    const role = tenants.find(({ tenant_id }) => tenant_id === tenantId)?.role ?? null;
    const scopes = role === null || tenantId === principal.tenantId ? principal.scopes : roles.scopesOf(role);
    return {
      kind: principal.kind,
      user: user ?? null,
      tenant,
      role,
      tenants: tenants.map(({ tenant_id: id, slug, name, role: own }) => ({ id, slug, name, role: own })),
      is_staff: principal.isStaff,
      scopes: [...scopes],
      permissions: roles.permissionsOf(scopes),
    };
  }
}

function noPassword() {
  return peopleErrors.no_password('You have no password, since you sign in another way: ask for a link to choose one.');
}

function tokenOf(ctx: Context): string {
  return presentedToken(ctx, ctx.services.people.options.secret()) ?? '';
}
