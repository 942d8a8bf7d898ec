import type { Model } from '../../kernel/index.ts';
import { AppError } from '../../kernel/index.ts';
import { type Db, roles } from '../port/port.ts';

interface TableFacts {
  readonly columns: string[] | null;
  readonly is_granted: boolean;
  readonly is_protected: boolean;
}

/**
 * Compares models with the tables they name.
 * @returns warnings: tables whose tenants are kept apart by the WHERE clause alone
 * @throws AppError `model_mismatch` naming the table or the columns that are missing, or the rights
 */
export async function checkModelTables(db: Db, models: readonly Model[]): Promise<string[]> {
  const warnings: string[] = [];
  for (const model of models) {
    const { rows } = await db.query<TableFacts>(
      `select (select array_agg(attname::text) from pg_attribute where attrelid = found and attnum > 0 and not attisdropped) as columns,
              coalesce(has_table_privilege($2, found, 'select, insert, update, delete'), false) as is_granted,
              coalesce((select relrowsecurity and relforcerowsecurity from pg_class where oid = found), false) as is_protected
       from to_regclass($1) as found`,
      [model.table, roles.tenant],
    );
    const { columns, is_granted, is_protected } = rows[0] as TableFacts;
    if (!columns) throw mismatch(model, 'there is no such table. Add it in a migration.');
    const wanted = [...Object.keys(model.schema.shape), ...(model.tenantField ? [model.tenantField] : [])];
    const missing = wanted.filter((column) => !columns.includes(column));
    if (missing.length > 0) throw mismatch(model, `it has no column ${missing.join(', ')}.`);
    const protect = `\`select automate.protect('${model.table}')\``;
    if (!is_granted) throw mismatch(model, `the role ${roles.tenant} may not use it. Run ${protect} in a migration.`);
    if (model.tenantField && !is_protected)
      warnings.push(`${model.table} has no row-level security: run ${protect} in a migration`);
  }
  return warnings;
}

function mismatch({ name, table }: Model, problem: string): AppError {
  const detail = `The model ${name} names the table ${table}: ${problem}`;
  return new AppError({ status: 500, code: 'model_mismatch', title: 'Model and table differ', detail });
}
