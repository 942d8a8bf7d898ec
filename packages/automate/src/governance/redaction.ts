import { type Context, requirePrincipal } from '../api/index.ts';
import { createSecretFinder, hideInJson, type Json, type Redactor, secretsInUse } from '../kernel/index.ts';

declare module '../api/index.ts' {
  interface AppServices {
    /** Takes secrets out of what is shown to a tenant, its own ones included. */
    readonly redactFor: (tenantId: string) => Redactor;
  }
}

/** Requests that were let see payloads raw, and what takes the known secrets out of them all the same. */
const rawRedactors = new WeakMap<Context, Redactor>();

/** What takes secrets out of what this request shows. */
export function redactorOf(ctx: Context): Redactor {
  return rawRedactors.get(ctx) ?? ctx.services.redactFor(requirePrincipal(ctx).tenantId);
}

/** From now on this request shows payloads as they are, but for the values of known secrets. */
export function showRaw(ctx: Context): void {
  const hide = createSecretFinder(secretsInUse.of(requirePrincipal(ctx).tenantId));
  rawRedactors.set(ctx, (value) => hideInJson(value as Json, hide()));
}
