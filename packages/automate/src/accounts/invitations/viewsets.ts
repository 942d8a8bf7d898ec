import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal } from '../../api/index.ts';
import { auditActorOf } from '../../governance/index.ts';
import type { Row } from '../../kernel/index.ts';
import { requireGrantable } from '../members/granting.ts';
import './invitations.ts';
import { InvitationCreate, InvitationCreated, InvitationModel } from './schemas.ts';

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
    const { database, roles, invitations } = ctx.services;
    const principal = requirePrincipal(ctx);
    const { role } = ctx.body;
    await database.asTenant(principal.tenantId, (transaction) => requireGrantable(transaction, principal, roles, [role]));
    const { id, link } = await invitations.create(auditActorOf(ctx), ctx.body);
    ctx.reply.header('cache-control', 'no-store').header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    const row = await ctx.services.models.get(this.model, id, { tenantId: principal.tenantId });
    return { ...(row as Row<typeof InvitationModel>), link };
  }

  async destroy(ctx: Context): Promise<void> {
    await ctx.services.invitations.revoke(auditActorOf(ctx), (ctx.row as Row<typeof InvitationModel>).id);
  }
}
