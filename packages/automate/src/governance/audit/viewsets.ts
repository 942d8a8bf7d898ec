import type { z } from 'zod';
import {
  BaseReadOnlyViewSet,
  type Context,
  exportQuerySchema,
  exportRows,
  exportTypes,
  type OperationOptions,
  type RawReply,
  requirePrincipal,
  type StandardAction,
} from '../../api/index.ts';
import { commonErrors, type Row } from '../../kernel/index.ts';
import { auditActorOf } from './actor.ts';
import { AuditEntry, AuditModel, Verification, VerifyQuery } from './schemas.ts';
import '../services.ts';

/** What was done in the tenant, by whom. It can be read and checked, and not be changed. */
export class AuditViewSet extends BaseReadOnlyViewSet<typeof AuditModel> {
  static {
    this.action('verify', {
      detail: false,
      summary: 'Check that no entry was altered, removed or added',
      description:
        'An older chain that was put back with its end holds in itself: only heads that were kept elsewhere show that.',
      query: VerifyQuery,
      response: Verification,
    });
  }
  readonly model = AuditModel;
  override scopeResource: string | undefined = 'audit';
  override tag: string | undefined = 'Audit';
  override tagDescription: string | undefined = 'Who changed what: written with the change, chained, and checked.';

  /** Who takes the record out is recorded too, before the first row leaves. */
  async export(ctx: Context): Promise<RawReply> {
    const { database, audit } = ctx.services;
    const actor = auditActorOf(ctx);
    const query = { ...(ctx.query as object) };
    await database.asTenant(actor.tenantId, (transaction) =>
      audit.record(transaction, { ...actor, action: 'audit.export', target: { type: 'audit', id: null }, diff: { query } }),
    );
    return exportRows(this, ctx);
  }

  async verify(ctx: Context<unknown, z.output<typeof VerifyQuery>>): Promise<z.input<typeof Verification>> {
    const { isStaff, tenantId } = requirePrincipal(ctx);
    if (ctx.query.all && !isStaff) throw commonErrors.forbidden('Only staff may check the chains of all tenants.');
    return ctx.services.audit.verify(ctx.query.all ? undefined : [tenantId], ctx.query.since);
  }

  getTransferSchema(): z.ZodObject {
    return AuditEntry;
  }

  async toTransfer(rows: readonly Row<typeof AuditModel>[]): Promise<readonly object[]> {
    return rows;
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    if (action !== 'export') return super.getStandardOptions(action);
    return { summary: 'Export the audit entries', query: exportQuerySchema(this), produces: Object.values(exportTypes) };
  }
}
