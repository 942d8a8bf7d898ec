import type { Queryable } from '../../db/index.ts';
import type { JsonObject } from '../../kernel/index.ts';
import type { Task } from '../tasks.ts';
import type { Target } from './schemas.ts';

/** An endpoint as whoever calls it needs it. */
export interface StoredEndpoint {
  readonly id: string;
  readonly slug: string;
  readonly aliases: readonly string[];
  readonly tasks: readonly Task[];
  readonly targets: readonly Target[];
  readonly params: JsonObject;
  readonly access: { readonly api_keys?: readonly string[] };
  readonly limits: { readonly max_output_tokens?: number; readonly max_input_bytes?: number };
  readonly attempts: {
    readonly retries?: number;
    readonly first_byte_seconds?: number;
    readonly idle_seconds?: number;
    readonly total_seconds?: number;
  };
  readonly cache: {
    readonly ttl_seconds?: number;
    readonly semantic?: { readonly model: string; readonly threshold: number } | undefined;
  };
  readonly log: { readonly bodies?: boolean };
  readonly guardrails: readonly JsonObject[];
  readonly is_enabled: boolean;
  readonly updated_at: string;
}

export async function endpointsOf(db: Queryable, tenantId: string): Promise<StoredEndpoint[]> {
  const { rows } = await db.query<StoredEndpoint>(
    `select id, slug, aliases, tasks, targets, params, access, limits, attempts, cache, guardrails, log, is_enabled, updated_at
     from gateway.endpoints where tenant_id = $1`,
    [tenantId],
    'gateway_endpoints_of',
  );
  return rows;
}

export async function countEndpoints(transaction: Queryable, tenantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*) as count from gateway.endpoints where tenant_id = $1',
    [tenantId],
  );
  return Number(rows[0]?.count);
}

/** Other endpoints of the tenant that have one of the names, as slug or alias. The names stay theirs until the transaction ends. */
export async function namesTaken(
  transaction: Queryable,
  tenantId: string,
  names: readonly string[],
  id: string | null,
): Promise<string[]> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`gateway endpoints ${tenantId}`]);
  const { rows } = await transaction.query<{ name: string }>(
    `select taken.name from gateway.endpoints e, unnest(e.aliases || e.slug) as taken (name)
     where e.tenant_id = $1 and taken.name = any($2) and ($3::uuid is null or e.id <> $3)`,
    [tenantId, names, id],
  );
  return rows.map(({ name }) => name);
}

/** Whether the database can compare meanings. */
export async function hasVectors(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    "select exists (select from pg_extension where extname = 'vector') as found",
  );
  return rows[0]?.found === true;
}
