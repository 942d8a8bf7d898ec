import { type Context, requirePrincipal } from '../../api/index.ts';
import { actorName } from '../../kernel/index.ts';

/** On whose behalf a model is asked. */
export interface Caller {
  readonly tenantId: string;
  /** `user:<id>`, `api_key:<id>` or `execution:<id>`. */
  readonly actor: string;
  readonly apiKeyId: string | null;
  readonly executionId?: string | undefined;
  /** The step of the execution that asks: its path, and from the second iteration on `:<iteration>`. */
  readonly step?: string | undefined;
  readonly traceId: string;
}

export function callerOf(ctx: Context): Caller {
  const principal = requirePrincipal(ctx);
  return {
    tenantId: principal.tenantId,
    actor: actorName(principal),
    apiKeyId: principal.kind === 'api_key' ? principal.id : null,
    traceId: ctx.traceId,
  };
}
