import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import type { z } from 'zod';
import {
  commonErrors,
  type Filter,
  isUnchanged,
  type ListQuery,
  type Model,
  type ModelStore,
  type ModelTransaction,
  newId,
  type RelatedQuery,
  type RelatedValue,
  type Row,
  type Scope,
} from '../kernel/index.ts';
import { constraintsOf, requireVisible, toConstraintError, toReadError } from './constraint-errors.ts';
import { QueryError } from './errors.ts';
import type { Db, Queryable } from './port.ts';
import { attempt } from './savepoint.ts';

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
  return storeOver({
    inScope: (scope, work) => db.asTenant(scope.tenantId, work),
    transaction: (scope, work) => db.asTenant(scope.tenantId, (connection) => work(transactionOver(connection, scope))),
  });
}

/** The same for what belongs to the installation, such as its users: as the system, past row-level security. */
export function createOperatorRepository(db: Db): ModelStore {
  return storeOver({
    inScope: (_scope, work) => db.transaction(work),
    transaction: (scope, work) => db.transaction((connection) => work(transactionOver(connection, scope))),
  });
}

/** Where the statements of a store run: each in a transaction of its own, or all in one. */
interface Runner {
  inScope<T>(scope: Scope, work: (connection: Queryable) => Promise<T>): Promise<T>;
  transaction: ModelStore['transaction'];
}

function transactionOver(connection: Queryable, { tenantId }: Scope): ModelTransaction {
  const store = storeOver({
    async inScope(scope, work) {
      if (scope.tenantId !== tenantId) throw new TypeError('A transaction belongs to one tenant.');
      return work(connection);
    },
    transaction: (_scope, work) => attempt(connection, () => work(transaction)),
  });
  const transaction: ModelTransaction = { ...store, attempt: (work) => attempt(connection, work) };
  return transaction;
}

function storeOver({ inScope, transaction }: Runner): ModelStore {
  /** A value that a column could never hold, such as a word for a UUID, equals nothing in it. */
  async function read<T>(nothing: T, scope: Scope, work: (connection: Queryable) => Promise<T>): Promise<T> {
    return inScope(scope, work).catch((error: unknown) => {
      if (error instanceof QueryError && error.code === '22P02') return nothing;
      throw toReadError(error);
    });
  }

  return {
    transaction,
    list: (model, query, scope) =>
      read([], scope, async (connection) => {
        const rows = await run<Row<typeof model>>(connection, selectPage(model, query, scope));
        return query.backward ? rows.reverse() : rows;
      }),
    count: (model, query, scope) =>
      read(0, scope, async (connection) => {
        const base = applyConditions(builder.selectFrom(model.table), model, query, scope);
        const [row] = await run<{ count: number }>(connection, base.select(sql<number>`count(*)`.as('count')));
        return row?.count ?? 0;
      }),
    get: (model, id, scope) =>
      read(undefined, scope, async (connection) => {
        const [row] = await run<Row<typeof model>>(connection, selectOne(model, id, scope));
        return row;
      }),
    related: (model, query, scope) =>
      read([], scope, (connection) => run<Row<typeof model>>(connection, selectRelated(model, query, scope))),
    insert: (model, values, scope) =>
      inScope(scope, async (connection) => {
        const owned = { ...freshId(model), ...values, ...(model.tenantField && { [model.tenantField]: scope.tenantId }) };
        const statement = builder.insertInto(model.table).values(toColumns(owned)).returning(columnsOf(model));
        const [row] = await runChange<Row<typeof model>>(connection, statement, { model, values: owned });
        return row as Row<typeof model>;
      }),
    update: (model, id, values, scope, options) =>
      inScope(scope, async (connection) => {
        const columns = toColumns(values);
        if (options?.expected) await requireExpected(connection, model, id, scope, options.expected);
        // Nothing to set is not valid SQL, and changes nothing.
        if (Object.keys(columns).length === 0) return (await run<Row<typeof model>>(connection, selectOne(model, id, scope)))[0];
        let statement = builder.updateTable(model.table).set(withTime(model, columns)).where('id', '=', id);
        for (const filter of conditionsOf(model, scope)) statement = statement.where(condition(filter, model));
        const returning = statement.returning(columnsOf(model));
        const [row] = await runChange<Row<typeof model>>(connection, returning, { model, values });
        return row;
      }),
    remove: (model, id, scope, options) =>
      inScope(scope, async (connection) => {
        if (options?.expected) await requireExpected(connection, model, id, scope, options.expected);
        let statement = builder.deleteFrom(model.table).where('id', '=', id);
        for (const filter of conditionsOf(model, scope)) statement = statement.where(condition(filter, model));
        return (await runChange(connection, statement.returning('id'), { model })).length > 0;
      }),
  };
}

/** An id for a row that brings none; ids that count up come from the table. */
function freshId({ schema }: Model): { id?: string } {
  const id = newId();
  return (schema.shape.id as z.ZodType | undefined)?.safeParse(id).success ? { id } : {};
}

/** Locks the row until the change is made, so that nobody can come in between the comparison and the change. */
async function requireExpected<M extends Model>(
  connection: Queryable,
  model: M,
  id: string,
  scope: Scope,
  expected: Row<M>,
): Promise<void> {
  const [current] = await run<Row<M>>(connection, selectOne(model, id, scope).forUpdate());
  if (current && !isUnchanged(expected, current)) {
    throw commonErrors.precondition_failed(`The ${model.name} has been changed meanwhile: get it again.`);
  }
}

interface Statement {
  compile(): { sql: string; parameters: readonly unknown[] };
}

async function runChange<Result>(
  connection: Queryable,
  statement: Statement,
  { model, values }: { model: Model; values?: Readonly<Record<string, unknown>> },
): Promise<Result[]> {
  const constraints = await constraintsOf(connection, model.table);
  try {
    if (values) await requireVisible(connection, model, values);
    return await run<Result>(connection, statement);
  } catch (error) {
    throw toConstraintError(error, { model, change: values ? 'write' : 'remove', constraints });
  }
}

async function run<Result>(connection: Queryable, statement: Statement): Promise<Result[]> {
  const { sql: text, parameters } = statement.compile();
  return (await connection.query<Result>(text, parameters)).rows;
}

function columnsOf(model: Model): string[] {
  return Object.keys(model.schema.shape);
}

/** A column `updated_at` follows every change, unless the change says otherwise. */
function withTime(model: Model, columns: Record<string, unknown>): Record<string, unknown> {
  return Object.hasOwn(model.schema.shape, 'updated_at') ? { updated_at: sql`now()`, ...columns } : columns;
}

/** What every statement carries: the tenant, and whatever else confines the scope. */
function conditionsOf(model: Model, scope: Scope): readonly Filter[] {
  const own: Filter[] = model.tenantField ? [{ column: model.tenantField, operator: 'exact', value: scope.tenantId }] : [];
  return [...own, ...(scope.filters ?? [])];
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

function selectOne(model: Model, id: string, scope: Scope): Select {
  const query = applyConditions(builder.selectFrom(model.table), model, { filters: [] }, scope);
  return query.select(columnsOf(model)).where('id', '=', id) as Select;
}

function selectPage(model: Model, query: ListQuery, scope: Scope): Select {
  let statement = applyConditions(builder.selectFrom(model.table), model, query, scope).select(columnsOf(model)) as Select;
  if (query.after) statement = statement.where(keyset(query, query.after));
  for (const { column, descending } of query.order) {
    statement = statement.orderBy(column, descending !== Boolean(query.backward) ? 'desc' : 'asc');
  }
  if (query.offset) statement = statement.offset(query.offset);
  return statement.limit(query.limit);
}

/** The first rows of each value: their places are counted within the value, in one pass over its index. */
function selectRelated(model: Model, { column, values, order, limit }: RelatedQuery, scope: Scope): Statement {
  const direction = sql.raw(order.descending ? 'desc' : 'asc');
  const place = sql<number>`row_number() over (partition by ${sql.ref(column)} order by ${sql.ref(order.column)} ${direction})`;
  const filters: Filter[] = [{ column, operator: 'in', value: values }];
  const placed = applyConditions(builder.selectFrom(model.table), model, { filters }, scope)
    .select(columnsOf(model))
    .select(place.as('place_in_group'));
  return builder
    .selectFrom((placed as Select).as('placed'))
    .select(columnsOf(model))
    .where('place_in_group', '<=', limit)
    .orderBy('place_in_group');
}

function applyConditions(base: unknown, model: Model, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Select {
  let statement = base as Select;
  for (const filter of [...conditionsOf(model, scope), ...query.filters]) statement = statement.where(condition(filter, model));
  const search = query.search;
  if (search) {
    const pattern = `%${escapeLike(search)}%`;
    statement = statement.where(({ or, eb }) => or(model.searchFields.map((column) => eb(column, 'ilike', pattern))));
  }
  return statement;
}

function condition({ column, operator, value }: Filter, model: Model) {
  const reference = sql.ref(column);
  switch (operator) {
    case 'exact':
      return sql<boolean>`${reference} = ${value}`;
    case 'in':
      return sql<boolean>`${reference} = any(${value})`;
    case 'gte':
      return sql<boolean>`${reference} >= ${value}`;
    case 'lte':
      return sql<boolean>`${reference} <= ${value}`;
    case 'lt':
      return sql<boolean>`${reference} < ${value}`;
    case 'contains':
      return sql<boolean>`${reference} ilike ${`%${escapeLike(String(value))}%`}`;
    case 'related': {
      const { table, column: json, contains } = value as RelatedValue;
      const own = sql.ref(`${model.table}.${column}`);
      // Row by row, by primary key: it costs what the list without it looks at.
      return sql<boolean>`exists (select from ${sql.table(table)} as related where related.id = ${own} and ${sql.ref(`related.${json}`)} @> ${JSON.stringify(contains)}::jsonb)`;
    }
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
