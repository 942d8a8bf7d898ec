import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import type { Filter, ListQuery, Model, ModelStore, Row, Scope } from '../kernel/index.ts';
import type { Db, Queryable } from './port.ts';

// Tables are known by their models at run time, so the builder sees every table as a bag of columns.
// biome-ignore lint/suspicious/noExplicitAny: Kysely's generic for "any table, any column"
type AnyDatabase = Record<string, any>;
type Select = SelectQueryBuilder<AnyDatabase, string, Record<string, unknown>>;

/** Builds SQL and runs none: statements go through the `Db` port. */
const builder = new Kysely<AnyDatabase>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/**
 * Stores models in their tables. Each call carries the tenant twice: in the WHERE clause and, below it, in the
 * row-level security of the transaction.
 */
export function createRepository(db: Db): ModelStore {
  return {
    list: (model, query, scope) =>
      inScope(db, scope, async (connection) => {
        const rows = await run<Row<typeof model>>(connection, selectPage(model, query, scope));
        return query.backward ? rows.reverse() : rows;
      }),
    count: (model, query, scope) =>
      inScope(db, scope, async (connection) => {
        const base = applyConditions(builder.selectFrom(model.table), model, query, scope);
        const [row] = await run<{ count: number }>(connection, base.select(sql<number>`count(*)`.as('count')));
        return row?.count ?? 0;
      }),
    get: (model, id, scope) =>
      inScope(db, scope, async (connection) => {
        const query = applyConditions(builder.selectFrom(model.table), model, { filters: [] }, scope);
        const [row] = await run<Row<typeof model>>(connection, query.select(columnsOf(model)).where('id', '=', id));
        return row;
      }),
    insert: (model, values, scope) =>
      inScope(db, scope, async (connection) => {
        const owned = model.tenantField ? { ...values, [model.tenantField]: scope.tenantId } : values;
        const statement = builder.insertInto(model.table).values(toColumns(owned)).returning(columnsOf(model));
        const [row] = await run<Row<typeof model>>(connection, statement);
        return row as Row<typeof model>;
      }),
    update: (model, id, values, scope) =>
      inScope(db, scope, async (connection) => {
        let statement = builder.updateTable(model.table).set(toColumns(values)).where('id', '=', id);
        for (const { column, value } of ownership(model, scope)) statement = statement.where(column, '=', value);
        const [row] = await run<Row<typeof model>>(connection, statement.returning(columnsOf(model)));
        return row;
      }),
    remove: (model, id, scope) =>
      inScope(db, scope, async (connection) => {
        let statement = builder.deleteFrom(model.table).where('id', '=', id);
        for (const { column, value } of ownership(model, scope)) statement = statement.where(column, '=', value);
        return (await run(connection, statement.returning('id'))).length > 0;
      }),
  };
}

function inScope<T>(db: Db, scope: Scope, work: (connection: Queryable) => Promise<T>): Promise<T> {
  return db.asTenant(scope.tenantId, work);
}

async function run<Result>(
  connection: Queryable,
  statement: { compile(): { sql: string; parameters: readonly unknown[] } },
): Promise<Result[]> {
  const { sql: text, parameters } = statement.compile();
  return (await connection.query<Result>(text, parameters)).rows;
}

function columnsOf(model: Model): string[] {
  return Object.keys(model.schema.shape);
}

function ownership(model: Model, scope: Scope): { column: string; value: unknown }[] {
  return model.tenantField ? [{ column: model.tenantField, value: scope.tenantId }] : [];
}

/** Objects and arrays of objects are jsonb columns. Arrays of text stay PostgreSQL arrays. */
function toColumns(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => [column, isJson(value) ? JSON.stringify(value) : value]),
  );
}

function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return false;
  return !Array.isArray(value) || value.some((item) => typeof item === 'object');
}

function selectPage(model: Model, query: ListQuery, scope: Scope): Select {
  let statement = applyConditions(builder.selectFrom(model.table), model, query, scope).select(columnsOf(model)) as Select;
  if (query.after) statement = statement.where(keyset(query, query.after));
  for (const { column, descending } of query.order) {
    statement = statement.orderBy(column, descending !== Boolean(query.backward) ? 'desc' : 'asc');
  }
  return statement.limit(query.limit);
}

function applyConditions(base: unknown, model: Model, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Select {
  let statement = base as Select;
  for (const { column, value } of ownership(model, scope)) statement = statement.where(column, '=', value);
  for (const filter of [...(scope.filters ?? []), ...query.filters]) statement = statement.where(condition(filter));
  const search = query.search;
  if (search) {
    const pattern = `%${escapeLike(search)}%`;
    statement = statement.where(({ or, eb }) => or(model.searchFields.map((column) => eb(column, 'ilike', pattern))));
  }
  return statement;
}

function condition({ column, operator, value }: Filter) {
  const reference = sql.ref(column);
  switch (operator) {
    case 'exact':
      return sql<boolean>`${reference} = ${value}`;
    case 'in':
      return sql<boolean>`${reference} = any(${value})`;
    case 'gte':
      return sql<boolean>`${reference} >= ${value}`;
    case 'lt':
      return sql<boolean>`${reference} < ${value}`;
    case 'contains':
      return sql<boolean>`${reference} ilike ${`%${escapeLike(String(value))}%`}`;
    case 'is_null':
      return value ? sql<boolean>`${reference} is null` : sql<boolean>`${reference} is not null`;
  }
}

/** "Comes after this row" for a mixed-direction order: the columns before are equal and this one lies beyond. */
function keyset({ order, backward }: ListQuery, after: readonly unknown[]) {
  const alternatives = order.map(({ column, descending }, index) => {
    const equal = order.slice(0, index).map((term, position) => sql`${sql.ref(term.column)} = ${after[position]}`);
    const beyond = sql`${sql.ref(column)} ${sql.raw(descending !== Boolean(backward) ? '<' : '>')} ${after[index]}`;
    return sql`(${sql.join([...equal, beyond], sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(alternatives, sql` or `)})`;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
