import type { Queryable } from '../../db/index.ts';
import type { JsonObject } from '../../kernel/index.ts';

/** A provider as whoever calls it needs it. */
export interface StoredProvider {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly kind: string;
  readonly config: JsonObject;
  readonly secret: string | null;
  readonly is_enabled: boolean;
  readonly updated_at: string;
}

export async function providersOf(db: Queryable, tenantId: string): Promise<StoredProvider[]> {
  const { rows } = await db.query<StoredProvider>(
    `select id, slug, name, kind, config, secret, is_enabled, updated_at from gateway.providers where tenant_id = $1`,
    [tenantId],
    'gateway_providers_of',
  );
  return rows;
}

export async function countProviders(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*) as count from gateway.providers where tenant_id = $1',
    [tenantId],
  );
  return Number(rows[0]?.count);
}

/** Endpoints that name a provider. */
export async function endpointsNaming(transaction: Queryable, slug: string): Promise<string[]> {
  const { rows } = await transaction.query<{ slug: string }>(
    `select slug from gateway.endpoints where targets @> jsonb_build_array(jsonb_build_object('provider', $1::text)) order by slug limit 5`,
    [slug],
  );
  return rows.map((row) => row.slug);
}
