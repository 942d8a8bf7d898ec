import type { Queryable } from '../../db/index.ts';
import { isUuid } from '../../kernel/index.ts';
import type { Sticky, Variant } from './choose-variant.ts';

/** Where the labels of a prompt lead. */
export interface KnownPrompt {
  readonly id: string;
  readonly slug: string;
  readonly latestVersion: number;
  readonly labels: Readonly<Record<string, { readonly variants: readonly Variant[]; readonly sticky: Sticky | null }>>;
}

export interface Wanted {
  readonly tenantId: string;
  /** Slug or id. */
  readonly name: string;
}

export interface FoundPrompt extends Wanted {
  /** Of the tenant's prompts, as this read saw them. */
  readonly revision: number;
  readonly prompt: KnownPrompt | undefined;
}

interface FoundRow {
  readonly tenant_id: string;
  readonly name: string;
  readonly revision: string | number;
  readonly id: string | null;
  readonly slug: string;
  readonly latest_version: number;
  readonly labels: KnownPrompt['labels'] | null;
}

/** All in one statement, so that each prompt is as it was at the revision that is told with it. */
export async function findPrompts(db: Queryable, wanted: readonly Wanted[]): Promise<FoundPrompt[]> {
  const { rows } = await db.query<FoundRow>(
    `select asked.tenant_id, asked.name, coalesce(revision, 0) as revision, p.id, p.slug, p.latest_version, l.labels
     from unnest($1::uuid[], $2::text[], $3::uuid[]) as asked(tenant_id, name, id)
     left join gateway.prompt_changes c on c.tenant_id = asked.tenant_id
     left join lateral (
       select id, slug, latest_version from gateway.prompts where tenant_id = asked.tenant_id and slug = asked.name
       union all
       select id, slug, latest_version from gateway.prompts where tenant_id = asked.tenant_id and id = asked.id) p on true
     left join lateral (
       select jsonb_object_agg(name, jsonb_build_object('variants', variants, 'sticky', sticky)) as labels
       from gateway.prompt_labels where prompt_id = p.id) l on true`,
    [
      wanted.map(({ tenantId }) => tenantId),
      wanted.map(({ name }) => name),
      wanted.map(({ name }) => (isUuid(name) ? name : null)),
    ],
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    name: row.name,
    revision: Number(row.revision),
    prompt:
      row.id === null ? undefined : { id: row.id, slug: row.slug, latestVersion: row.latest_version, labels: row.labels ?? {} },
  }));
}

export async function findRevisions(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ tenant_id: string; revision: string | number }>(
    'select tenant_id, revision from gateway.prompt_changes where tenant_id = any($1::uuid[])',
    [tenantIds],
  );
  return new Map(rows.map(({ tenant_id, revision }) => [tenant_id, Number(revision)]));
}
