import type { Queryable } from '../db/index.ts';
import { requireTenant } from '../governance/index.ts';
import { AppError } from '../kernel/index.ts';

/**
 * The lanes that a worker claims from, which are the tenants' ids; undefined for all.
 * @throws AppError `invalid_settings` for a tenant that is not there
 */
export async function lanesOf(tenants: readonly string[], db: Queryable): Promise<readonly string[] | undefined> {
  const found = await Promise.all(
    tenants.map((tenant) =>
      requireTenant(db, tenant).catch((error: unknown) => {
        if (!AppError.is(error) || error.code !== 'tenant_not_found') throw error;
        throw unknownTenant(tenant);
      }),
    ),
  );
  return found.length > 0 ? [...new Set(found)] : undefined;
}

function unknownTenant(tenant: string): AppError {
  const detail = `AUTOMATE_WORKER_LANES or --lanes names "${tenant}", which is no slug or id of a tenant`;
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}
