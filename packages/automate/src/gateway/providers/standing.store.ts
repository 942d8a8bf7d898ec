import type { Queryable } from '../../db/index.ts';
import { firstIdOf } from '../../kernel/index.ts';

export interface LastTest {
  readonly at: string;
  readonly ok: boolean;
  readonly latency_ms: number;
  readonly code: string | null;
  readonly detail: string | null;
}

/** What is known of a provider beside what it is set to. */
export interface KnownOfProvider {
  readonly slug: string;
  readonly kind: string;
  readonly secret: string | null;
  readonly is_enabled: boolean;
  readonly last_test: LastTest | null;
  readonly endpoints: readonly string[];
}

/** A try of a provider, as the log has it. */
export interface Tried {
  readonly provider: string;
  readonly outcome: string;
  readonly at: string;
}

export async function knownOfProviders(transaction: Queryable): Promise<KnownOfProvider[]> {
  const { rows } = await transaction.query<KnownOfProvider>(
    `select p.slug, p.kind, p.secret, p.is_enabled, p.last_test,
       coalesce((select jsonb_agg(e.slug order by e.slug) from gateway.endpoints e
         where e.targets @> jsonb_build_array(jsonb_build_object('provider', p.slug))), '[]') as endpoints
     from gateway.providers p order by p.slug limit 10000`,
  );
  return rows;
}

/** The newest first. @param since milliseconds since 1970 @param most calls that are looked at */
export async function triesSince(transaction: Queryable, since: number, most: number): Promise<Tried[]> {
  const { rows } = await transaction.query<Tried>(
    `select tried->>'provider' as provider, tried->>'outcome' as outcome, created_at as at
     from (select id, attempts, created_at from gateway.calls where id >= $1::uuid order by id desc limit $2::int) calls
     cross join lateral jsonb_array_elements(attempts) with ordinality as one (tried, place) order by id desc, place desc`,
    [firstIdOf(since), most],
  );
  return rows;
}

export async function keepTest(transaction: Queryable, slug: string, test: LastTest): Promise<void> {
  await transaction.query('update gateway.providers set last_test = $2::jsonb where slug = $1', [slug, JSON.stringify(test)]);
}
