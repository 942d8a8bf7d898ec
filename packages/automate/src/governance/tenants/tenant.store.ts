import type { Db, Queryable } from '../../db/index.ts';
import { isUuid, newId } from '../../kernel/index.ts';
import type { Audit } from '../audit/audit.ts';
import { tenantErrors } from './errors.ts';

/** The tenant with this slug, made when absent; safe to call from several processes at once. Its audit chain begins with it. */
export async function ensureTenant(
  { db, audit }: { db: Db; audit: Audit },
  slug: string,
  name: string,
): Promise<{ id: string; isNew: boolean }> {
  const { rows } = await db.query<{ id: string }>('select id from tenants where slug = $1', [slug]);
  if (rows[0]) return { id: rows[0].id, isNew: false };
  const id = newId();
  const isNew = await db.transaction(async (transaction) => {
    if (!(await insertTenant(transaction, { id, slug, name }))) return false;
    const target = { type: 'tenant', id };
    const origin = { tenantId: id, actor: 'system', traceId: '-', address: null };
    await audit.record(transaction, { ...origin, action: 'tenant.create', target, diff: { after: { slug, name } } });
    return true;
  });
  return isNew ? { id, isNew } : ensureTenant({ db, audit }, slug, name);
}

/**
 * The id of a tenant that code names by its slug or id.
 * @throws AppError `tenant_not_found`
 */
export async function requireTenant(db: Queryable, tenant: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `select id from automate.tenants where ${isUuid(tenant) ? 'id = $1::uuid' : 'slug = $1'}`,
    [tenant],
  );
  if (!rows[0]) throw tenantErrors.tenant_not_found(`There is no tenant "${tenant}": make it with ensureTenant first.`);
  return rows[0].id;
}

export async function tenantOf(db: Queryable, id: string): Promise<{ id: string; slug: string; name: string } | undefined> {
  return (await db.query<{ id: string; slug: string; name: string }>('select id, slug, name from tenants where id = $1', [id]))
    .rows[0];
}

/** @returns whether there was none with its slug */
export async function insertTenant(transaction: Queryable, tenant: { id: string; slug: string; name: string }): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'insert into tenants (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing',
    [tenant.id, tenant.slug, tenant.name],
  );
  return rowCount > 0;
}

export async function renameTenant(transaction: Queryable, id: string, name: string): Promise<void> {
  await transaction.query('update tenants set name = $2 where id = $1', [id, name]);
}
