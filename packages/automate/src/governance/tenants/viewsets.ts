import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, IsStaff, requirePrincipal } from '../../api/index.ts';
import { commonErrors, type Model, type ModelStore, newId, type Row } from '../../kernel/index.ts';
import { auditActorOf } from '../audit/actor.ts';
import { requireAnotherOwner, requireGrantable } from './granting.ts';
import {
  AnyTenantModel,
  InvitationCreate,
  InvitationCreated,
  InvitationModel,
  Member,
  MemberModel,
  MemberPatch,
  Tenant,
  TenantCreate,
  TenantCreated,
  TenantModel,
  TenantPatch,
} from './schemas.ts';
import '../services.ts';

type MemberRow = Row<typeof MemberModel>;

/** Tenants: one's own, and for staff all of the installation. */
export class TenantViewSet extends BaseReadOnlyViewSet<typeof TenantModel> {
  static {
    this.describe('create', {
      summary: 'Make a tenant; for staff',
      permissions: [IsStaff],
      description:
        'Nobody belongs to it yet: name an owner, and the reply holds a link that lets them in, once, unless it is mailed.',
      body: TenantCreate,
      response: TenantCreated,
      idempotent: false,
    });
    this.describe('partialUpdate', { summary: 'Rename your tenant; staff any', body: TenantPatch, response: Tenant });
  }
  readonly model = TenantModel;
  override scopeResource: string | undefined = 'tenant';
  override tag: string | undefined = 'Tenants';
  override tagDescription: string | undefined =
    'Each keeps its own workflows, keys and secrets, apart from all others. You see your own; staff see all.';

  async create(ctx: Context<z.output<typeof TenantCreate>>): Promise<z.input<typeof TenantCreated>> {
    const { database, audit } = ctx.services;
    const { slug, name, owner } = ctx.body;
    const id = newId();
    await database.transaction(async (transaction) => {
      const { rowCount } = await transaction.query(
        'insert into tenants (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing',
        [id, slug, name],
      );
      if (rowCount === 0) throw commonErrors.already_exists(`There is a tenant "${slug}" already.`);
      await audit.record(transaction, {
        ...auditActorOf(ctx),
        tenantId: id,
        action: 'tenant.create',
        target: { type: 'tenant', id },
        diff: { after: { slug, name } },
      });
    });
    const made = owner === undefined ? undefined : await invite(ctx, id, { email: owner, role: 'owner', days: 7 });
    ctx.reply.header('cache-control', 'no-store').header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    const tenant = await ctx.services.operatorModels.get(AnyTenantModel, id, { tenantId: id });
    return { ...(tenant as Row<typeof TenantModel>), invitation_link: made?.link ?? null };
  }

  async partialUpdate(ctx: Context<z.output<typeof TenantPatch>>): Promise<Row<typeof TenantModel>> {
    const tenant = ctx.row as Row<typeof TenantModel>;
    const { database, audit } = ctx.services;
    await database.asTenant(tenant.id, async (transaction) => {
      await transaction.query('update tenants set name = $2 where id = $1', [tenant.id, ctx.body.name]);
      const diff = { before: { name: tenant.name }, after: ctx.body };
      await audit.record(transaction, {
        ...auditActorOf(ctx),
        tenantId: tenant.id,
        action: 'tenant.update',
        target: { type: 'tenant', id: tenant.id },
        diff,
      });
    });
    return { ...tenant, name: ctx.body.name };
  }

  /** Staff operate the installation, so they see and set every tenant's name; what is inside stays its members'. */
  override getStore(ctx: Context): ModelStore {
    if (!requirePrincipal(ctx).isStaff) return ctx.services.models;
    const { operatorModels } = ctx.services;
    const unconfined = (model: Model) => (model.table === TenantModel.table ? { ...model, tenantField: undefined } : model);
    return {
      ...operatorModels,
      list: (model, query, scope) => operatorModels.list(unconfined(model) as typeof model, query, scope),
      count: (model, query, scope) => operatorModels.count(unconfined(model), query, scope),
      get: (model, id, scope) => operatorModels.get(unconfined(model) as typeof model, id, scope),
    };
  }
}

/** Members of the tenant and their roles. */
export class MemberViewSet extends BaseReadOnlyViewSet<typeof MemberModel> {
  static {
    this.describe('partialUpdate', { summary: 'Change the role of a member', body: MemberPatch, response: Member });
    this.describe('destroy', { summary: 'Remove a member from the tenant', status: 204 });
  }
  readonly model = MemberModel;
  override tag: string | undefined = 'Members';
  override tagDescription: string | undefined = 'Who belongs to the tenant, and in which role.';

  async partialUpdate(ctx: Context<z.output<typeof MemberPatch>>): Promise<MemberRow> {
    const member = ctx.row as MemberRow;
    await this.change(ctx, [member.role, ctx.body.role], async (transaction, tenantId) => {
      if (member.role === 'owner' && ctx.body.role !== 'owner') await requireAnotherOwner(transaction, tenantId, member.id);
      await transaction.query('update members set role = $2, updated_at = now() where id = $1', [member.id, ctx.body.role]);
      return { action: 'member.update', diff: { before: { role: member.role }, after: ctx.body } };
    });
    const row = await ctx.services.models.get(this.model, member.id, { tenantId: requirePrincipal(ctx).tenantId });
    return row ?? member;
  }

  async destroy(ctx: Context): Promise<void> {
    const member = ctx.row as MemberRow;
    await this.change(ctx, [member.role], async (transaction, tenantId) => {
      if (member.role === 'owner') await requireAnotherOwner(transaction, tenantId, member.id);
      await transaction.query('delete from members where id = $1', [member.id]);
      return { action: 'member.remove', diff: { before: { email: member.email, role: member.role } } };
    });
  }

  private async change(
    ctx: Context,
    roles: Parameters<typeof requireGrantable>[3],
    work: (
      transaction: Parameters<typeof requireGrantable>[0],
      tenantId: string,
    ) => Promise<{ action: string; diff: Record<string, unknown> }>,
  ): Promise<void> {
    const { database, audit, people, apiKeys } = ctx.services;
    const principal = requirePrincipal(ctx);
    const target = { type: 'member', id: (ctx.row as MemberRow).id };
    await database.asTenant(principal.tenantId, async (transaction) => {
      await requireGrantable(transaction, principal, people, roles);
      const { action, diff } = await work(transaction, principal.tenantId);
      await audit.record(transaction, { ...auditActorOf(ctx), action, target, diff });
    });
    // What they may do follows from the membership, and so does what their keys may.
    await people.options.sessions.announce();
    await apiKeys.announce();
  }
}

/** Invitations into the tenant. */
export class InvitationViewSet extends BaseReadOnlyViewSet<typeof InvitationModel> {
  static {
    this.describe('create', {
      summary: 'Invite somebody into the tenant',
      description: 'The reply holds a link that works once. Where mail is set up, it is mailed and the reply does not hold it.',
      body: InvitationCreate,
      response: InvitationCreated,
      idempotent: false,
      problems: { 422: 'The policy of the tenant allows no more of them.' },
    });
    this.describe('destroy', { summary: 'Take an invitation back', status: 204 });
  }
  readonly model = InvitationModel;
  override scopeResource: string | undefined = 'members';
  override tag: string | undefined = 'Invitations';
  override tagDescription: string | undefined = 'Links that let somebody into the tenant, once.';

  async create(ctx: Context<z.output<typeof InvitationCreate>>): Promise<z.input<typeof InvitationCreated>> {
    const { database, people } = ctx.services;
    const principal = requirePrincipal(ctx);
    const { role } = ctx.body;
    await database.asTenant(principal.tenantId, (transaction) => requireGrantable(transaction, principal, people, [role]));
    const { id, link } = await invite(ctx, principal.tenantId, ctx.body);
    ctx.reply.header('cache-control', 'no-store').header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    const row = await ctx.services.models.get(this.model, id, { tenantId: principal.tenantId });
    return { ...(row as Row<typeof InvitationModel>), link };
  }

  async destroy(ctx: Context): Promise<void> {
    await ctx.services.invitations.revoke(auditActorOf(ctx), (ctx.row as Row<typeof InvitationModel>).id);
  }
}

function invite(ctx: Context, tenantId: string, invitation: z.output<typeof InvitationCreate>) {
  return ctx.services.invitations.create({ ...auditActorOf(ctx), tenantId }, invitation);
}
