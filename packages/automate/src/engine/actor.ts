import { type Context, requirePrincipal } from '../api/index.ts';
import { actorName, commonErrors, hasScope } from '../kernel/index.ts';

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

/** Another version than the published one is run by those who decide what is published. */
export function requireMayRun({ mayPublish }: Actor, version: number, published: number): void {
  if (version !== published && !mayPublish)
    throw commonErrors.forbidden(
      `The scope workflows:publish is needed for this: the version ${version} is not the published one, which is ${published}.`,
    );
}
