import { type Queryable, roles } from '../port/port.ts';

/** What is known of a table beyond its model. */
export interface TableFacts {
  readonly json: JsonColumns;
  readonly constraints: Constraints;
  readonly references: readonly Reference[];
}

/** Which columns of a table hold JSON, and how. Values say nothing of that: a list may be one of PostgreSQL's arrays or one of JSON's. */
export interface JsonColumns {
  /** Columns of `json` or `jsonb`, domains over them included, with whether they may be null. */
  readonly single: ReadonlyMap<string, { readonly isNullable: boolean }>;
  /** Arrays of those. */
  readonly arrays: ReadonlySet<string>;
}

/**
 * Columns by the name of the constraint: with row-level security the server does not tell the columns in its error, and a transaction that
 * failed answers no more questions.
 */
export type Constraints = ReadonlyMap<string, readonly string[]>;

/** A column that names a row of a table whose rows belong to tenants. */
export interface Reference {
  readonly column: string;
  /** With its schema, as SQL writes it. */
  readonly table: string;
  readonly target: string;
}

/** What is known of the tables of one database. */
export interface Catalog {
  /** Asked before the first statement about each table, and then known. @param table as a model spells it */
  factsOf(connection: Queryable, table: string): Promise<TableFacts>;
}

/** One for each database: two of them may have tables of one name. */
export function createCatalog(): Catalog {
  const known = new Map<string, TableFacts>();
  return {
    async factsOf(connection, table) {
      const found = known.get(table);
      if (found) return found;
      const { isThere, ...facts } = await readFacts(connection, table);
      // One that is not there yet may come.
      if (isThere) known.set(table, facts);
      return facts;
    },
  };
}

/** What a table has, and what the product may do with it; `columns` is null where there is no such table. */
export interface TableRights {
  readonly columns: string[] | null;
  readonly is_granted: boolean;
  readonly is_protected: boolean;
}

export async function readRights(connection: Queryable, table: string): Promise<TableRights> {
  const { rows } = await connection.query<TableRights>(
    `select (select array_agg(attname::text) from pg_attribute where attrelid = found and attnum > 0 and not attisdropped) as columns,
            coalesce(has_table_privilege($2, found, 'select, insert, update, delete'), false) as is_granted,
            coalesce((select relrowsecurity and relforcerowsecurity from pg_class where oid = found), false) as is_protected
     from to_regclass($1) as found`,
    [table, roles.tenant],
  );
  return rows[0] as TableRights;
}

/** Whether a table has a row with this value, as far as whoever asks may see. @param place as {@link Reference} names it */
export async function isVisible(connection: Queryable, { table, target }: Reference, value: unknown): Promise<boolean> {
  return (await connection.query(`select 1 from ${table} where ${target} = $1`, [value])).rowCount > 0;
}

async function readFacts(connection: Queryable, table: string): Promise<TableFacts & { readonly isThere: boolean }> {
  const [columns, constraints, references] = await Promise.all([
    readColumns(connection, table),
    readConstraints(connection, table),
    readReferences(connection, table),
  ]);
  const json: JsonColumns = {
    single: new Map(columns.filter(({ is_json }) => is_json).map(({ name, is_nullable }) => [name, { isNullable: is_nullable }])),
    arrays: new Set(columns.filter(({ is_array }) => is_array).map(({ name }) => name)),
  };
  return { json, constraints, references, isThere: columns.length > 0 };
}

async function readColumns(connection: Queryable, table: string) {
  const { rows } = await connection.query<{ name: string; is_json: boolean; is_array: boolean; is_nullable: boolean }>(
    `select attname::text as name, base in ('json'::regtype, 'jsonb'::regtype) as is_json,
            base in ('json[]'::regtype, 'jsonb[]'::regtype) as is_array, not attnotnull as is_nullable
     from pg_attribute join pg_type on pg_type.oid = atttypid, coalesce(nullif(typbasetype, 0), pg_type.oid) as base
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [table],
  );
  return rows;
}

async function readConstraints(connection: Queryable, table: string): Promise<Constraints> {
  const { rows } = await connection.query<{ name: string; columns: string[] }>(
    `select index.relname as name, array_agg(attname::text) as columns
     from pg_index join pg_class index on index.oid = indexrelid join pg_attribute on attrelid = indrelid and attnum = any(indkey)
     where indrelid = to_regclass($1) and indisunique group by 1
     union all
     select conname, array_agg(attname::text) from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
     where conrelid = to_regclass($1) and contype in ('f', 'c') group by 1`,
    [table],
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

async function readReferences(connection: Queryable, table: string): Promise<readonly Reference[]> {
  const { rows } = await connection.query<Reference>(
    `select own.attname::text as column, quote_ident(nspname) || '.' || quote_ident(pg_class.relname) as table, quote_ident(theirs.attname) as target
     from pg_constraint join pg_class on pg_class.oid = confrelid and relrowsecurity join pg_namespace on pg_namespace.oid = relnamespace
       join pg_attribute own on own.attrelid = conrelid and own.attnum = conkey[1]
       join pg_attribute theirs on theirs.attrelid = confrelid and theirs.attnum = confkey[1]
     where conrelid = to_regclass($1) and contype = 'f' and cardinality(conkey) = 1`,
    [table],
  );
  return rows;
}
