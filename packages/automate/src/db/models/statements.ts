import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import type { Filter, ListQuery, MemberValue, Model, RelatedQuery, RelatedValue, Scope, TallyQuery } from '../../kernel/index.ts';
import type { TableFacts } from './catalog.store.ts';
import { toColumnValue } from './json-columns.ts';

/** SQL with its parameters, once it is compiled. */
export interface Statement {
  compile(): { sql: string; parameters: readonly unknown[] };
}

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

/** A model, and what is known of its table. */
export interface StoredModel extends Model {
  readonly facts: TableFacts;
}

export function selectOne(model: StoredModel, id: string, scope: Scope): Select {
  const query = applyConditions(builder.selectFrom(model.table), model, { filters: [] }, scope);
  return query.select(columnsOf(model)).where('id', '=', id) as Select;
}

export function selectPage(model: StoredModel, query: ListQuery, scope: Scope): Select {
  let statement = applyConditions(builder.selectFrom(model.table), model, query, scope).select(columnsOf(model)) as Select;
  if (query.after) statement = statement.where(keyset(model, query, query.after));
  for (const { column, descending } of query.order) {
    statement = statement.orderBy(column, descending !== Boolean(query.backward) ? 'desc' : 'asc');
  }
  if (query.offset) statement = statement.offset(query.offset);
  return statement.limit(query.limit);
}

export function countRows(model: StoredModel, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Statement {
  return applyConditions(builder.selectFrom(model.table), model, query, scope).select(sql<number>`count(*)`.as('count'));
}

const CALENDAR = { year: 'YYYY', month: 'YYYY-MM', day: 'YYYY-MM-DD' } as const;

/** Groups of the rows that are looked at, each with its own count and that of all. */
export function tallyRows(model: StoredModel, query: TallyQuery, scope: Scope): Statement {
  const { column, by, bound, limit } = query;
  const value = by
    ? sql<string>`to_char(${sql.ref(column)}::timestamptz at time zone ${by.zone}, ${CALENDAR[by.unit]})`
    : sql<string>`${sql.ref(column)}::text`;
  const looked = applyConditions(builder.selectFrom(model.table), model, query, scope)
    .select(value.as('value'))
    .limit(bound + 1);
  return builder
    .selectFrom((looked as Select).as('looked'))
    .select(['value', sql<number>`count(*)`.as('count'), sql<number>`sum(count(*)) over ()::int`.as('total')])
    .groupBy('value')
    .orderBy(by ? 'value' : sql`count(*) desc, value`)
    .limit(limit + 1);
}

/** The first rows of each value: their places are counted within the value, in one pass over its index. */
export function selectRelated(model: StoredModel, { column, values, order, limit }: RelatedQuery, scope: Scope): Statement {
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

/** @param values of all columns that are given, the tenant's included */
export function insertRow(model: StoredModel, values: Readonly<Record<string, unknown>>): Statement {
  return builder.insertInto(model.table).values(toColumns(model, values)).returning(columnsOf(model));
}

/** Undefined where there is nothing to set: that is not valid SQL, and changes nothing. */
export function updateRow(
  model: StoredModel,
  id: string,
  values: Readonly<Record<string, unknown>>,
  scope: Scope,
): Statement | undefined {
  const columns = toColumns(model, values);
  if (Object.keys(columns).length === 0) return undefined;
  let statement = builder.updateTable(model.table).set(withTime(model, columns)).where('id', '=', id);
  for (const filter of conditionsOf(model, scope)) statement = statement.where(condition(filter, model));
  return statement.returning(columnsOf(model));
}

export function removeRow(model: StoredModel, id: string, scope: Scope): Statement {
  let statement = builder.deleteFrom(model.table).where('id', '=', id);
  for (const filter of conditionsOf(model, scope)) statement = statement.where(condition(filter, model));
  return statement.returning('id');
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

function toColumns({ facts: { json } }: StoredModel, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => [column, toColumnValue(json, column, value)]),
  );
}

function applyConditions(base: unknown, model: StoredModel, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Select {
  let statement = base as Select;
  for (const filter of [...conditionsOf(model, scope), ...query.filters]) statement = statement.where(condition(filter, model));
  const search = query.search;
  if (search) {
    const pattern = `%${escapeLike(search)}%`;
    statement = statement.where(({ or, eb }) => or(model.searchFields.map((column) => eb(column, 'ilike', pattern))));
  }
  return statement;
}

function condition({ column, operator, value: given }: Filter, model: StoredModel) {
  const reference = sql.ref(column);
  const isJson = model.facts.json.single.has(column);
  const value = isJson && COMPARISONS.has(operator) ? JSON.stringify(given) : given;
  switch (operator) {
    case 'exact':
      return sql<boolean>`${reference} = ${value}`;
    case 'in':
      return isJson
        ? sql<boolean>`${reference} = any(${(given as readonly unknown[]).map((item) => JSON.stringify(item))}::jsonb[])`
        : sql<boolean>`${reference} = any(${value})`;
    case 'gte':
      return sql<boolean>`${reference} >= ${value}`;
    case 'lte':
      return sql<boolean>`${reference} <= ${value}`;
    case 'lt':
      return sql<boolean>`${reference} < ${value}`;
    case 'contains':
      return sql<boolean>`${reference} ilike ${`%${escapeLike(String(value))}%`}`;
    case 'related': {
      const { table, column: json, contains } = given as RelatedValue;
      const own = sql.ref(`${model.table}.${column}`);
      // Row by row, by primary key: it costs what the list without it looks at.
      return sql<boolean>`exists (select from ${sql.table(table)} as related where related.id = ${own} and ${sql.ref(`related.${json}`)} @> ${JSON.stringify(contains)}::jsonb)`;
    }
    case 'member': {
      const { member, equals } = given as MemberValue;
      // Written out, so that an index of the expression serves it.
      return sql<boolean>`(${reference} ->> ${sql.lit(member)}) = ${equals}`;
    }
    case 'is_null':
      return given ? sql<boolean>`${reference} is null` : sql<boolean>`${reference} is not null`;
  }
}

const COMPARISONS: ReadonlySet<Filter['operator']> = new Set(['exact', 'gte', 'lte', 'lt']);

/** "Comes after this row" for a mixed-direction order: the columns before are equal and this one lies beyond. */
function keyset({ facts: { json } }: StoredModel, { order, backward }: ListQuery, given: readonly unknown[]) {
  const after = order.map(({ column }, index) => toColumnValue(json, column, given[index]));
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
