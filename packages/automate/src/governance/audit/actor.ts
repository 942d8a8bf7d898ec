import { type Context, requirePrincipal } from '../../api/index.ts';
import { actorName } from '../../kernel/index.ts';
import type { AuditActor } from './audit.ts';

/** Who sends this request, as audit entries name it. @throws `unauthenticated` for an anonymous one */
export function auditActorOf(ctx: Context): AuditActor {
  const principal = requirePrincipal(ctx);
  return { tenantId: principal.tenantId, actor: actorName(principal), traceId: ctx.traceId, address: ctx.request.ip };
}
