import type { Db } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';
import type { Audit } from '../audit/audit.ts';

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
    const { rowCount } = await transaction.query(
      'insert into tenants (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing',
      [id, slug, name],
    );
    if (rowCount === 0) return false;
    const target = { type: 'tenant', id };
    const origin = { tenantId: id, actor: 'system', traceId: '-', address: null };
    await audit.record(transaction, { ...origin, action: 'tenant.create', target, diff: { after: { slug, name } } });
    return true;
  });
  return isNew ? { id, isNew } : ensureTenant({ db, audit }, slug, name);
}
