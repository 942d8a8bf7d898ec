import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal } from '../../api/index.ts';
import type { Queryable } from '../../db/index.ts';
import { auditActorOf, type RoleName } from '../../governance/index.ts';
import { hasScope, type Row } from '../../kernel/index.ts';
import { removeMember, setRole } from '../people/member.store.ts';
import '../sign-in/people.ts';
import { requireAnotherOwner, requireGrantable } from './granting.ts';
import { Member, MemberModel, MemberPatch } from './schemas.ts';

type MemberRow = Row<typeof MemberModel>;

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
      await setRole(transaction, member.id, ctx.body.role);
      return { action: 'member.update', diff: { before: { role: member.role }, after: ctx.body } };
    });
    const row = await ctx.services.models.get(this.model, member.id, { tenantId: requirePrincipal(ctx).tenantId });
    return this.present(row ?? member, ctx);
  }

  async destroy(ctx: Context): Promise<void> {
    const member = ctx.row as MemberRow;
    await this.change(ctx, [member.role], async (transaction, tenantId) => {
      if (member.role === 'owner') await requireAnotherOwner(transaction, tenantId, member.id);
      await removeMember(transaction, member.id);
      return { action: 'member.remove', diff: { before: { email: member.email, role: member.role } } };
    });
  }

  /** How well somebody's account is guarded, and when they are there, is for who looks after members. */
  override present(row: MemberRow, ctx: Context): MemberRow {
    if (hasScope(requirePrincipal(ctx), 'members:write')) return row;
    return { ...row, two_factor_enabled: null, last_seen_at: null };
  }

  private async change(
    ctx: Context,
    roles: readonly RoleName[],
    work: (transaction: Queryable, tenantId: string) => Promise<{ action: string; diff: Record<string, unknown> }>,
  ): Promise<void> {
    const { database, audit, people, roles: grants, apiKeys } = ctx.services;
    const principal = requirePrincipal(ctx);
    const target = { type: 'member', id: (ctx.row as MemberRow).id };
    await database.asTenant(principal.tenantId, async (transaction) => {
      await requireGrantable(transaction, principal, grants, roles);
      const { action, diff } = await work(transaction, principal.tenantId);
      await audit.record(transaction, { ...auditActorOf(ctx), action, target, diff });
    });
    // What they may do follows from the membership, and so does what their keys may.
    await people.options.sessions.announce();
    await apiKeys.announce();
  }
}
