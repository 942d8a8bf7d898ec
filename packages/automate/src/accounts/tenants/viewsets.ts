import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, IsStaff, requirePrincipal } from '../../api/index.ts';
import { auditActorOf, insertTenant, renameTenant } from '../../governance/index.ts';
import { commonErrors, type Model, type ModelStore, newId, type Row } from '../../kernel/index.ts';
import '../invitations/invitations.ts';
import { AnyTenantModel, Tenant, TenantCreate, TenantCreated, TenantModel, TenantPatch } from './schemas.ts';

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
    const { database, audit, invitations } = ctx.services;
    const { slug, name, owner } = ctx.body;
    const id = newId();
    await database.transaction(async (transaction) => {
      if (!(await insertTenant(transaction, { id, slug, name })))
        throw commonErrors.already_exists(`There is a tenant "${slug}" already.`);
      await audit.record(transaction, {
        ...auditActorOf(ctx),
        tenantId: id,
        action: 'tenant.create',
        target: { type: 'tenant', id },
        diff: { after: { slug, name } },
      });
    });
    const made =
      owner && (await invitations.create({ ...auditActorOf(ctx), tenantId: id }, { email: owner, role: 'owner', days: 7 }));
    ctx.reply.header('cache-control', 'no-store').header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    const tenant = await ctx.services.operatorModels.get(AnyTenantModel, id, { tenantId: id });
    return { ...(tenant as Row<typeof TenantModel>), invitation_link: made ? made.link : null };
  }

  async partialUpdate(ctx: Context<z.output<typeof TenantPatch>>): Promise<Row<typeof TenantModel>> {
    const tenant = ctx.row as Row<typeof TenantModel>;
    const { database, audit } = ctx.services;
    await database.asTenant(tenant.id, async (transaction) => {
      await renameTenant(transaction, tenant.id, ctx.body.name);
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
