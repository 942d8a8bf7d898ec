import { createHash } from 'node:crypto';
import type { Automate } from 'automate';
import { newId } from 'automate/api';

/** Adds an API key for a test, and its tenant when there is none yet. */
export async function addKey(
  db: Automate['db'],
  key: { id: string; value: string; tenant: string; scopes: readonly string[]; isStaff?: boolean },
): Promise<void> {
  await db.query('insert into tenants (id, slug, name) values ($1, $2, $2) on conflict do nothing', [newId(), key.tenant]);
  await db.query(
    `insert into api_keys (id, tenant_id, name, prefix, hash, scopes, is_staff)
     select $1, id, 'example', 'example', $3, $4, $5 from tenants where slug = $2`,
    [key.id, key.tenant, createHash('sha256').update(key.value).digest(), key.scopes, key.isStaff ?? false],
  );
}
