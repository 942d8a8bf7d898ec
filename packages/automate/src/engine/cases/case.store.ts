import type { Queryable } from '../../db/index.ts';
import { type Json, newId } from '../../kernel/index.ts';

export interface CaseRow {
  readonly id: string;
  readonly workflow_id: string;
  readonly name: string;
  /** Path of the step whose condition is meant; null: the triggers. */
  readonly step: string | null;
  readonly event: Json;
  readonly matches: boolean;
  readonly created_by: string;
  readonly created_at: string;
}

export type NewCase = Pick<CaseRow, 'name' | 'step' | 'event' | 'matches'> & {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly createdBy: string;
};

const COLUMNS = 'id, workflow_id, name, step, event, matches, created_by, created_at';

/** Those of a workflow, in the order of their names. */
export async function casesOf(transaction: Queryable, workflowId: string): Promise<CaseRow[]> {
  const { rows } = await transaction.query<CaseRow>(
    `select ${COLUMNS} from rule_cases where workflow_id = $1 order by name, id`,
    [workflowId],
  );
  return rows;
}

/** How many a workflow has, without the one of this name. */
export async function countOtherCases(transaction: Queryable, workflowId: string, name: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*) as count from rule_cases where workflow_id = $1 and name <> $2',
    [workflowId, name],
  );
  return Number(rows[0]?.count);
}

/** Takes the place of the one that has the name. */
export async function saveCase(transaction: Queryable, row: NewCase): Promise<CaseRow> {
  const { rows } = await transaction.query<CaseRow>(
    `insert into rule_cases (id, tenant_id, workflow_id, name, step, event, matches, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workflow_id, name) do update set step = excluded.step, event = excluded.event, matches = excluded.matches,
       created_by = excluded.created_by, created_at = now()
     returning ${COLUMNS}`,
    [newId(), row.tenantId, row.workflowId, row.name, row.step, JSON.stringify(row.event), row.matches, row.createdBy],
  );
  return rows[0] as CaseRow;
}

/** Whether it was there. */
export async function deleteCase(transaction: Queryable, workflowId: string, id: string): Promise<boolean> {
  const { rows } = await transaction.query('delete from rule_cases where workflow_id = $1 and id = $2 returning id', [
    workflowId,
    id,
  ]);
  return rows.length > 0;
}
