import { secretsInUse } from './known-secrets.ts';
import { createRedactor, type Redactor } from './redaction.ts';

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
