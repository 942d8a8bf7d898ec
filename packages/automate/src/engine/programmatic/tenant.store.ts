import type { Queryable } from '../../db/index.ts';
import { isUuid } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';

/**
 * The id of a tenant that code names by its slug or id.
 * @throws AppError `tenant_not_found`
 */
export async function requireTenant(db: Queryable, tenant: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `select id from automate.tenants where ${isUuid(tenant) ? 'id = $1::uuid' : 'slug = $1'}`,
    [tenant],
  );
  if (!rows[0]) throw engineErrors.tenant_not_found(`There is no tenant "${tenant}": make it with ensureTenant first.`);
  return rows[0].id;
}
