import type { Queryable } from '../../db/index.ts';
import type { Sticky, Variant } from './choose-variant.ts';

export interface LabelRow {
  readonly name: string;
  readonly variants: readonly Variant[];
  readonly sticky: Sticky | null;
  readonly updated_by: string;
  readonly updated_at: string;
}

const COLUMNS = 'name, variants, sticky, updated_by, updated_at';

export async function labelsOf(transaction: Queryable, promptId: string): Promise<LabelRow[]> {
  const { rows } = await transaction.query<LabelRow>(
    `select ${COLUMNS} from gateway.prompt_labels where prompt_id = $1 order by name`,
    [promptId],
  );
  return rows;
}

export async function findLabel(transaction: Queryable, promptId: string, name: string): Promise<LabelRow | undefined> {
  const { rows } = await transaction.query<LabelRow>(
    `select ${COLUMNS} from gateway.prompt_labels where prompt_id = $1 and name = $2`,
    [promptId, name],
  );
  return rows[0];
}

export async function countLabels(transaction: Queryable, promptId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*)::int as count from gateway.prompt_labels where prompt_id = $1',
    [promptId],
  );
  return rows[0]?.count ?? 0;
}

/** Moves the label there, and makes it when it is new. */
export async function putLabel(
  transaction: Queryable,
  row: {
    tenantId: string;
    promptId: string;
    name: string;
    variants: readonly Variant[];
    sticky: Sticky | null;
    updatedBy: string;
  },
): Promise<LabelRow> {
  const { rows } = await transaction.query<LabelRow>(
    `insert into gateway.prompt_labels (tenant_id, prompt_id, name, variants, sticky, updated_by) values ($1, $2, $3, $4, $5, $6)
     on conflict (prompt_id, name) do update set variants = excluded.variants, sticky = excluded.sticky,
       updated_by = excluded.updated_by, updated_at = now() returning ${COLUMNS}`,
    [row.tenantId, row.promptId, row.name, JSON.stringify(row.variants), row.sticky, row.updatedBy],
  );
  return rows[0] as LabelRow;
}

export async function deleteLabel(transaction: Queryable, promptId: string, name: string): Promise<boolean> {
  const { rowCount } = await transaction.query('delete from gateway.prompt_labels where prompt_id = $1 and name = $2', [
    promptId,
    name,
  ]);
  return rowCount > 0;
}
