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
} from '../../kernel/index.ts';
import { QueryError } from '../port/errors.ts';
import type { Db, Queryable } from '../port/port.ts';
import { attempt } from '../port/savepoint.ts';
import { constraintsOf, requireVisible, toConstraintError, toReadError } from './constraint-errors.ts';
import { jsonColumnsOf } from './json-columns.ts';
import type { Statement, StoredModel } from './statements.ts';

/** Loads the builder of SQL, which is large: a process that serves does so before its first request, and others may never need it. */
export const loadStatements = () => import('./statements.ts');

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
        const { selectPage } = await loadStatements();
        const rows = await run<Row<typeof model>>(connection, selectPage(await stored(connection, model), query, scope));
        return query.backward ? rows.reverse() : rows;
      }),
    count: (model, query, scope) =>
      read(0, scope, async (connection) => {
        const { countRows } = await loadStatements();
        const [row] = await run<{ count: number }>(connection, countRows(await stored(connection, model), query, scope));
        return row?.count ?? 0;
      }),
    get: (model, id, scope) =>
      read(undefined, scope, async (connection) => {
        const { selectOne } = await loadStatements();
        const [row] = await run<Row<typeof model>>(connection, selectOne(await stored(connection, model), id, scope));
        return row;
      }),
    related: (model, query, scope) =>
      read([], scope, async (connection) => {
        const { selectRelated } = await loadStatements();
        return run<Row<typeof model>>(connection, selectRelated(await stored(connection, model), query, scope));
      }),
    insert: (model, values, scope) =>
      inScope(scope, async (connection) => {
        const owned = { ...freshId(model), ...values, ...(model.tenantField && { [model.tenantField]: scope.tenantId }) };
        const { insertRow } = await loadStatements();
        const [row] = await runChange<Row<typeof model>>(connection, insertRow(await stored(connection, model), owned), {
          model,
          values: owned,
        });
        return row as Row<typeof model>;
      }),
    update: (model, id, values, scope, options) =>
      inScope(scope, async (connection) => {
        const { selectOne, updateRow } = await loadStatements();
        if (options?.expected) await requireExpected(connection, model, id, scope, options.expected);
        const statement = updateRow(await stored(connection, model), id, values, scope);
        if (!statement)
          return (await run<Row<typeof model>>(connection, selectOne(await stored(connection, model), id, scope)))[0];
        const [row] = await runChange<Row<typeof model>>(connection, statement, { model, values });
        return row;
      }),
    remove: (model, id, scope, options) =>
      inScope(scope, async (connection) => {
        if (options?.expected) await requireExpected(connection, model, id, scope, options.expected);
        const { removeRow } = await loadStatements();
        return (await runChange(connection, removeRow(await stored(connection, model), id, scope), { model })).length > 0;
      }),
  };
}

async function stored<M extends Model>(connection: Queryable, model: M): Promise<M & StoredModel> {
  return { ...model, json: await jsonColumnsOf(connection, model.table) };
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
  const { selectOne } = await loadStatements();
  const [current] = await run<Row<M>>(connection, selectOne(await stored(connection, model), id, scope).forUpdate());
  if (current && !isUnchanged(expected, current)) {
    throw commonErrors.precondition_failed(`The ${model.name} has been changed meanwhile: get it again.`);
  }
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
