import type { Queryable } from '../../db/index.ts';
import type { StoredAnswer } from './cached-answer.store.ts';

export interface SimilarAnswer extends StoredAnswer {
  /** Cosine of the two, 1 for the same. */
  readonly similarity: number;
}

/** The newest of those that only differ in their last words are compared. */
const MOST_COMPARED = 5_000;

/** The schema that pgvector is installed in; undefined where it is not. */
export async function vectorSchema(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query<{ schema: string }>(
    "select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector'",
  );
  return rows[0]?.schema;
}

/** @param schema of pgvector, quoted @param rest hexadecimal @returns the answer to whatever is nearest, if it is near enough */
export async function findSimilarAnswer(
  db: Queryable,
  asked: { readonly schema: string; readonly rest: string; readonly meaning: readonly number[]; readonly threshold: number },
): Promise<SimilarAnswer | undefined> {
  const { rows } = await db.query<SimilarAnswer>(
    `select encode(a.key, 'hex') as key, a.tenant_id, a.endpoint_id, a.body, a.usage, a.created_at, a.expires_at, near.similarity
     from (
       select s.key, 1 - (s.meaning::${asked.schema}.vector operator(${asked.schema}.<=>) $2::real[]::${asked.schema}.vector) as similarity
       from (select key, meaning from gateway.similar_requests
             where rest = decode($1, 'hex') and cardinality(meaning) = cardinality($2::real[])
             order by created_at desc limit ${MOST_COMPARED}) s
     ) near
     join gateway.cached_answers a on a.key = near.key
     where near.similarity >= $3 and a.expires_at > now() order by near.similarity desc limit 1`,
    [asked.rest, asked.meaning, asked.threshold],
  );
  return rows[0];
}

/** What was said in other words, beside an answer that is kept. */
export interface StoredMeaning {
  readonly key: string;
  readonly tenant_id: string;
  readonly rest: string;
  readonly meaning: readonly number[];
}

export async function insertMeanings(db: Queryable, meanings: readonly StoredMeaning[]): Promise<void> {
  for (const { key, tenant_id, rest, meaning } of meanings)
    await db.query(
      `insert into gateway.similar_requests (key, tenant_id, rest, meaning)
       select a.key, $2, decode($3, 'hex'), $4::real[] from gateway.cached_answers a where a.key = decode($1, 'hex')
       on conflict (key) do update set meaning = excluded.meaning, created_at = now()`,
      [key, tenant_id, rest, meaning],
    );
}
