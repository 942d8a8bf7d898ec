import type { Queryable } from '../../db/index.ts';

export type DeleteRule = 'cascade' | 'refuse' | 'clear' | 'none';

const RULES: Readonly<Record<string, DeleteRule>> = { c: 'cascade', n: 'clear', d: 'clear', r: 'refuse', a: 'refuse' };

/** What becomes of the rows that point to one of a table when it goes, by `table.column`; of a table of the host's schema with and without its schema. */
export async function deleteRules(connection: Queryable, table: string): Promise<ReadonlyMap<string, DeleteRule>> {
  const { rows } = await connection.query<{ schema: string; name: string; column: string; rule: string }>(
    `select nspname::text as schema, pg_class.relname::text as name, attname::text as column, confdeltype::text as rule
     from pg_constraint join pg_class on pg_class.oid = conrelid join pg_namespace on pg_namespace.oid = relnamespace
       join pg_attribute on attrelid = conrelid and attnum = any(conkey)
     where confrelid = to_regclass($1) and contype = 'f'`,
    [table],
  );
  return new Map(
    rows.flatMap(({ schema, name, column, rule }) =>
      [`${name}.${column}`, `${schema}.${name}.${column}`].map((place): [string, DeleteRule] => [place, RULES[rule] ?? 'none']),
    ),
  );
}
