import { type Context, requirePrincipal } from '../api/index.ts';
import { createRedactor, createSecretFinder, hideInJson, type Json, type Redactor, secretsInUse } from '../kernel/index.ts';
import './services.ts';

const MAXIMUM_TENANTS = 1_000;

/** Redactors for what is shown to a tenant: each knows the secrets of its own tenant, and of no other. */
export function createTenantRedactors(): (tenantId: string) => Redactor {
  const redactors = new Map<string, Redactor>();
  return (tenantId) => {
    const known = redactors.get(tenantId) ?? createRedactor({ knownSecrets: secretsInUse.of(tenantId) });
    if (redactors.size >= MAXIMUM_TENANTS) redactors.clear();
    redactors.set(tenantId, known);
    return known;
  };
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
