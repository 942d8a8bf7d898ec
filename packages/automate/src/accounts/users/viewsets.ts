import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal, StaffOnlyMixin } from '../../api/index.ts';
import { auditActorOf } from '../../governance/index.ts';
import { commonErrors, type ModelStore, newId, type Row } from '../../kernel/index.ts';
import { requireCoversPerson, requireGrantable, requireOtherOwners } from '../members/granting.ts';
import { maximumMembers } from '../members/rules.ts';
import { countMembers, insertMember } from '../people/member.store.ts';
import { findUser, insertUser, updateUser } from '../people/person.store.ts';
import { forgetOwner } from '../people/proof.store.ts';
import { User, UserModel } from '../people/schemas.ts';
import { removeSessionsOf } from '../sessions/session.store.ts';
import { ResetLink, UserCreate, UserCreated, UserPatch } from './schemas.ts';

type UserRow = Row<typeof UserModel>;

/** All people of the installation; for staff. */
export class UserViewSet extends StaffOnlyMixin(BaseReadOnlyViewSet<typeof UserModel>) {
  static {
    this.describe('create', {
      summary: 'Make a user, as a member of your tenant',
      description: 'The reply holds a link that works once, to choose a password.',
      body: UserCreate,
      response: UserCreated,
      idempotent: false,
      problems: { 422: 'The policy of the tenant allows no more of them.' },
    });
    this.describe('partialUpdate', {
      summary: 'Change a user, or disable the account',
      description: 'The last owner of a tenant cannot be disabled.',
      body: UserPatch,
      response: User,
    });
    this.action('reset', {
      detail: true,
      methods: ['post'],
      summary: 'Make a link to choose a new password',
      response: ResetLink,
      idempotent: false,
    });
  }
  readonly model = UserModel;
  override scopeResource: string | undefined = 'members';
  override tag: string | undefined = 'Users';
  override tagDescription: string | undefined = 'The accounts of people; for staff.';

  async create(ctx: Context<z.output<typeof UserCreate>>): Promise<z.input<typeof UserCreated>> {
    const { database, people, audit, policies, roles } = ctx.services;
    const principal = requirePrincipal(ctx);
    const { email, name, is_staff: isStaff, role } = ctx.body;
    const id = newId();
    await database.transaction(async (transaction) => {
      await requireGrantable(transaction, principal, roles, [role]);
      if (await findUser(transaction, { email })) throw commonErrors.already_exists(`There is an account for ${email} already.`);
      await policies.requireRoom(transaction, principal.tenantId, maximumMembers, countMembers);
      await insertUser(transaction, { id, email, name, isStaff, isEmailVerified: false });
      await insertMember(transaction, { id: newId(), tenantId: principal.tenantId, userId: id, role, email, name });
      const diff = { after: ctx.body };
      await audit.record(transaction, { ...auditActorOf(ctx), action: 'user.create', target: { type: 'user', id }, diff });
    });
    ctx.reply.header('cache-control', 'no-store').header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    const user = await findUser(database, { id });
    return { ...(user as UserRow), link: people.options.publicUrl() + (await people.resetLink(id)) };
  }

  async partialUpdate(ctx: Context<z.output<typeof UserPatch>>): Promise<UserRow> {
    const { database, people, audit, apiKeys } = ctx.services;
    const before = ctx.row as UserRow;
    const isSelf = requirePrincipal(ctx).userId === before.id;
    if (isSelf && (ctx.body.disabled === true || ctx.body.is_staff === false))
      throw commonErrors.conflict('You would lock yourself out: let another of the staff do it.');
    await database.transaction(async (transaction) => {
      if (ctx.body.disabled === true && before.disabled_at === null) await requireOtherOwners(transaction, before.id);
      await updateUser(transaction, before.id, ctx.body);
      if (ctx.body.unlink) await forgetOwner(transaction, before.id);
      if (ctx.body.disabled || ctx.body.unlink) await removeSessionsOf(transaction, before.id);
      const diff = {
        before: { name: before.name, is_staff: before.is_staff, disabled: before.disabled_at !== null },
        after: ctx.body,
      };
      await audit.record(transaction, {
        ...auditActorOf(ctx),
        action: 'user.update',
        target: { type: 'user', id: before.id },
        diff,
      });
    });
    await people.options.sessions.announce();
    await apiKeys.announce();
    return (await findUser(database, { id: before.id })) as UserRow;
  }

  async reset(user: UserRow, ctx: Context): Promise<z.input<typeof ResetLink>> {
    const { database, people, audit, roles } = ctx.services;
    await database.transaction(async (transaction) => {
      await requireCoversPerson(transaction, requirePrincipal(ctx), roles, user.id);
      await audit.record(transaction, { ...auditActorOf(ctx), action: 'user.reset', target: { type: 'user', id: user.id } });
    });
    ctx.reply.header('cache-control', 'no-store');
    return { link: people.options.publicUrl() + (await people.resetLink(user.id)) };
  }

  override getStore(ctx: Context): ModelStore {
    return ctx.services.operatorModels;
  }
}
