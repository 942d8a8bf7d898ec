import type { Db } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';

/** The tenant with this slug, made when absent; safe to call from several processes at once. */
export async function ensureTenant(db: Db, slug: string, name: string): Promise<{ id: string; isNew: boolean }> {
  const inserted = await db.query<{ id: string }>(
    'insert into tenants (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing returning id',
    [newId(), slug, name],
  );
  const created = inserted.rows[0];
  if (created) return { id: created.id, isNew: true };
  const { rows } = await db.query<{ id: string }>('select id from tenants where slug = $1', [slug]);
  return { id: rows[0]?.id ?? '', isNew: false };
}
