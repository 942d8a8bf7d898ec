import type { Queryable } from '../../db/index.ts';
import type { Row } from '../../kernel/index.ts';
import type { PromptModel } from './schemas.ts';

export type PromptRow = Row<typeof PromptModel>;

const COLUMNS = 'id, slug, name, description, latest_version, created_by, created_at, updated_at';

/** Held until the transaction ends, so that versions and labels follow each other. */
export async function lockPrompt(transaction: Queryable, id: string): Promise<PromptRow | undefined> {
  const { rows } = await transaction.query<PromptRow>(`select ${COLUMNS} from gateway.prompts where id = $1 for update`, [id]);
  return rows[0];
}

/** A slug that is free: the wanted one, else with the lowest free number behind it. */
export async function freeSlug(transaction: Queryable, wanted: string): Promise<string> {
  const { rows } = await transaction.query<{ slug: string }>('select slug from gateway.prompts where slug = $1 or slug like $2', [
    wanted,
    `${wanted}-%`,
  ]);
  const taken = new Set(rows.map(({ slug }) => slug));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

export async function insertPrompt(
  transaction: Queryable,
  row: { id: string; tenantId: string; slug: string; name: string; description: string; createdBy: string },
): Promise<void> {
  await transaction.query(
    'insert into gateway.prompts (id, tenant_id, slug, name, description, created_by) values ($1, $2, $3, $4, $5, $6)',
    [row.id, row.tenantId, row.slug, row.name, row.description, row.createdBy],
  );
}

export async function updatePrompt(
  transaction: Queryable,
  id: string,
  change: { name?: string | undefined; description?: string | undefined; latestVersion?: number },
): Promise<PromptRow> {
  const { rows } = await transaction.query<PromptRow>(
    `update gateway.prompts set name = coalesce($2, name), description = coalesce($3, description),
       latest_version = coalesce($4, latest_version), updated_at = now() where id = $1 returning ${COLUMNS}`,
    [id, change.name ?? null, change.description ?? null, change.latestVersion ?? null],
  );
  return rows[0] as PromptRow;
}

export async function deletePrompt(transaction: Queryable, id: string): Promise<void> {
  await transaction.query('delete from gateway.prompts where id = $1', [id]);
}

/** Counts a change of the tenant's prompts. Changes of one tenant wait for each other here, so that they commit in the order of their counts. */
export async function countChange(transaction: Queryable, tenantId: string): Promise<void> {
  await transaction.query(
    `insert into gateway.prompt_changes (tenant_id, revision) values ($1, 1)
     on conflict (tenant_id) do update set revision = prompt_changes.revision + 1`,
    [tenantId],
  );
}
