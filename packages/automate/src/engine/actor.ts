import { type Context, requirePrincipal } from '../api/index.ts';
import { actorName, hasScope } from '../kernel/index.ts';

/** On whose behalf: the tenant bounds what is seen, the actor is recorded. */
export interface Actor {
  readonly tenantId: string;
  /** `user:<id>`, `api_key:<id>` or `system`. */
  readonly id: string;
  /** Whether they may decide what triggers start: the scope `workflows:publish`. */
  readonly mayPublish: boolean;
}

/** Who sends this request. */
export function actorOf(ctx: Context): Actor {
  const principal = requirePrincipal(ctx);
  return { tenantId: principal.tenantId, id: actorName(principal), mayPublish: hasScope(principal, 'workflows:publish') };
}
