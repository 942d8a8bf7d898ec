import type { z } from 'zod';
import {
  commonErrors,
  isUnchanged,
  type Model,
  type ModelStore,
  type ModelTransaction,
  newId,
  type Row,
  type Scope,
  type Tally,
} from '../../kernel/index.ts';
import { isTimedOut, QueryError } from '../port/errors.ts';
import type { Db, Queryable } from '../port/port.ts';
import { attempt } from '../port/savepoint.ts';
import { type Catalog, createCatalog } from './catalog.store.ts';
import { requireVisible, toConstraintError, toReadError } from './constraint-errors.ts';
import type { Statement, StoredModel } from './statements.ts';

/** Loads the builder of SQL, which is large: a process that serves does so before its first request, and others may never need it. */
export const loadStatements = () => import('./statements.ts');

/**
 * Stores models in their tables. Each call carries the tenant twice: in the WHERE clause and, below it, in the
 * row-level security of the transaction.
 * @param catalog of this database; one for all its repositories
 */
export function createRepository(db: Db, catalog: Catalog = createCatalog()): ModelStore {
  return storeOver({
    catalog,
    inScope: (scope, work) => db.asTenant(scope.tenantId, work),
    transaction: (scope, work) => db.asTenant(scope.tenantId, (connection) => work(transactionOver(connection, scope, catalog))),
  });
}

/** The same for what belongs to the installation, such as its users: as the system, past row-level security. */
export function createOperatorRepository(db: Db, catalog: Catalog = createCatalog()): ModelStore {
  return storeOver({
    catalog,
    inScope: (_scope, work) => db.transaction(work),
    transaction: (scope, work) => db.transaction((connection) => work(transactionOver(connection, scope, catalog))),
  });
}

/** Where the statements of a store run: each in a transaction of its own, or all in one. */
interface Runner {
  readonly catalog: Catalog;
  inScope<T>(scope: Scope, work: (connection: Queryable) => Promise<T>): Promise<T>;
  transaction: ModelStore['transaction'];
}

function transactionOver(connection: Queryable, { tenantId }: Scope, catalog: Catalog): ModelTransaction {
  const store = storeOver({
    catalog,
    async inScope(scope, work) {
      if (scope.tenantId !== tenantId) throw new TypeError('A transaction belongs to one tenant.');
      return work(connection);
    },
    transaction: (_scope, work) => attempt(connection, () => work(transaction)),
  });
  const transaction: ModelTransaction = {
    ...store,
    query: (text, values, name) => connection.query(text, values, name),
    attempt: (work) => attempt(connection, work),
  };
  return transaction;
}

function storeOver(runner: Runner): ModelStore {
  return { transaction: runner.transaction, ...readsOver(runner), ...writesOver(runner) };
}

function readsOver({ catalog, inScope }: Runner): Pick<ModelStore, 'list' | 'count' | 'tally' | 'get' | 'related'> {
  /** A value that a column could never hold, such as a word for a UUID, equals nothing in it. */
  async function read<T>(
    model: Model,
    scope: Scope,
    nothing: T,
    work: (connection: Queryable, stored: StoredModel, statements: Statements) => Promise<T>,
  ): Promise<T> {
    const statements = await loadStatements();
    return inScope(scope, async (connection) =>
      work(connection, await storedModel(connection, model, catalog), statements),
    ).catch((error: unknown) => {
      if (error instanceof QueryError && error.code === '22P02') return nothing;
      throw toReadError(error);
    });
  }

  return {
    list: (model, query, scope) =>
      read(model, scope, [], async (connection, stored, { selectPage }) => {
        const rows = await run<Row<typeof model>>(connection, selectPage(stored, query, scope));
        return query.backward ? rows.reverse() : rows;
      }),
    count: (model, query, scope) =>
      read(model, scope, 0, async (connection, stored, { countRows }) => {
        const [row] = await run<{ count: number }>(connection, countRows(stored, query, scope));
        return row?.count ?? 0;
      }),
    tally: (model, query, scope) =>
      read<Tally | undefined>(model, scope, { groups: [], isComplete: true }, async (connection, stored, { tallyRows }) => {
        const rows = await withinTime(connection, () =>
          run<{ value: string | null; count: number; total: number }>(connection, tallyRows(stored, query, scope)),
        );
        const groups = rows.slice(0, query.limit).map(({ value, count }) => ({ value, count }));
        return { groups, isComplete: rows.length <= query.limit && (rows[0]?.total ?? 0) <= query.bound };
      }).catch((error: unknown) => {
        if (isTimedOut(error)) return undefined;
        throw error;
      }),
    get: (model, id, scope) =>
      read<Row<typeof model> | undefined>(model, scope, undefined, async (connection, stored, { selectOne }) => {
        const [row] = await run<Row<typeof model>>(connection, selectOne(stored, id, scope));
        return row;
      }),
    related: (model, query, scope) =>
      read(model, scope, [], (connection, stored, { selectRelated }) =>
        run<Row<typeof model>>(connection, selectRelated(stored, query, scope)),
      ),
  };
}

function writesOver({ catalog, inScope }: Runner): Pick<ModelStore, 'insert' | 'update' | 'remove'> {
  async function write<M extends Model, T>(
    model: M,
    scope: Scope,
    work: (connection: Queryable, stored: M & StoredModel, statements: Statements) => Promise<T>,
  ): Promise<T> {
    const statements = await loadStatements();
    return inScope(scope, async (connection) => work(connection, await storedModel(connection, model, catalog), statements));
  }

  return {
    insert: (model, values, scope) =>
      write(model, scope, async (connection, stored, { insertRow }) => {
        const owned = { ...freshId(model), ...values, ...(model.tenantField && { [model.tenantField]: scope.tenantId }) };
        const change = { model: stored, values: owned };
        const [row] = await runChange<Row<typeof model>>(connection, insertRow(stored, owned), change);
        return row as Row<typeof model>;
      }),
    update: (model, id, values, scope, options) =>
      write(model, scope, async (connection, stored, { selectOne, updateRow }) => {
        if (options?.expected) await requireExpected(connection, stored, { id, scope, expected: options.expected });
        const statement = updateRow(stored, id, values, scope);
        if (!statement) return (await run<Row<typeof model>>(connection, selectOne(stored, id, scope)))[0];
        const [row] = await runChange<Row<typeof model>>(connection, statement, { model: stored, values });
        return row;
      }),
    remove: (model, id, scope, options) =>
      write(model, scope, async (connection, stored, { removeRow }) => {
        if (options?.expected) await requireExpected(connection, stored, { id, scope, expected: options.expected });
        return (await runChange(connection, removeRow(stored, id, scope), { model: stored })).length > 0;
      }),
  };
}

/** What nobody asked for by name must not hold up others. Where all share one session, the rows that are looked at are the bound. */
async function withinTime<T>(connection: Queryable, work: () => Promise<T>): Promise<T> {
  const { rows } = await connection.query<{ before: string }>(`select current_setting('statement_timeout') as before`);
  await connection.query(`select set_config('statement_timeout', '3s', true)`);
  const result = await work();
  await connection.query(`select set_config('statement_timeout', $1, true)`, [rows[0]?.before ?? '0']);
  return result;
}

type Statements = Awaited<ReturnType<typeof loadStatements>>;

async function storedModel<M extends Model>(connection: Queryable, model: M, catalog: Catalog): Promise<M & StoredModel> {
  return { ...model, facts: await catalog.factsOf(connection, model.table) };
}

/** An id for a row that brings none; ids that count up come from the table. */
function freshId({ schema }: Model): { id?: string } {
  const id = newId();
  return (schema.shape.id as z.ZodType | undefined)?.safeParse(id).success ? { id } : {};
}

/** Locks the row until the change is made, so that nobody can come in between the comparison and the change. */
async function requireExpected<M extends Model>(
  connection: Queryable,
  model: M & StoredModel,
  { id, scope, expected }: { id: string; scope: Scope; expected: Row<M> },
): Promise<void> {
  const { selectOne } = await loadStatements();
  const [current] = await run<Row<M>>(connection, selectOne(model, id, scope).forUpdate());
  if (current && !isUnchanged(expected, current)) {
    throw commonErrors.precondition_failed(`The ${model.name} has been changed meanwhile: get it again.`);
  }
}

async function runChange<Result>(
  connection: Queryable,
  statement: Statement,
  { model, values }: { model: StoredModel; values?: Readonly<Record<string, unknown>> },
): Promise<Result[]> {
  const { constraints, references } = model.facts;
  try {
    if (values) await requireVisible(connection, { model, values, references });
    return await run<Result>(connection, statement);
  } catch (error) {
    throw toConstraintError(error, { model, change: values ? 'write' : 'remove', constraints });
  }
}

async function run<Result>(connection: Queryable, statement: Statement): Promise<Result[]> {
  const { sql: text, parameters } = statement.compile();
  return (await connection.query<Result>(text, parameters)).rows;
}
