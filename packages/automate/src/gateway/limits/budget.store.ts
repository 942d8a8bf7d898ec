import type { Queryable } from '../../db/index.ts';
import type { Budget } from './budget.ts';

interface BudgetRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly scope: Budget['scope'];
  readonly subject_id: string | null;
  readonly period: Budget['period'];
  readonly metric: Budget['metric'];
  readonly amount: string;
  readonly units: number;
  readonly thresholds: readonly number[];
  readonly is_hard: boolean;
  readonly allow_unpriced: boolean;
}

/** Budgets in force, by tenant. */
export async function findBudgets(db: Queryable, tenantIds: readonly string[]): Promise<Map<string, readonly Budget[]>> {
  const { rows } = await db.query<BudgetRow>(
    `select id, tenant_id, name, scope, subject_id, period, metric, amount, units, thresholds, is_hard, allow_unpriced
     from gateway.budgets where tenant_id = any($1) and is_enabled order by tenant_id, id`,
    [tenantIds],
  );
  return Map.groupBy(rows.map(toBudget), ({ tenantId }) => tenantId);
}

/** Whether the database knows a time zone by this name. */
export async function isTimeZone(db: Queryable, name: string): Promise<boolean> {
  const { rows } = await db.query('select from pg_timezone_names where name = $1', [name]);
  return rows.length > 0;
}

function toBudget(row: BudgetRow): Budget {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    scope: row.scope,
    subjectId: row.subject_id,
    period: row.period,
    metric: row.metric,
    amount: row.amount,
    units: Number(row.units),
    thresholds: row.thresholds,
    isHard: row.is_hard,
    allowsUnpriced: row.allow_unpriced,
  };
}
