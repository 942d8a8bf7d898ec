import { type AppError, commonErrors, type InputIssue, invalidInput, type Model } from '../../kernel/index.ts';
import { QueryError } from '../port/errors.ts';
import type { Queryable } from '../port/port.ts';

/** Columns by the name of the constraint. */
export type Constraints = ReadonlyMap<string, readonly string[]>;

/** A column that names a row of a table whose rows belong to tenants. */
interface Reference {
  readonly column: string;
  /** As SQL writes it. */
  readonly table: string;
  readonly target: string;
}

/**
 * The constraints of a table. Asked before the first write of each table, and then known: with row-level security the
 * server does not tell the columns in its error, and a transaction that failed answers no more questions.
 */
export async function constraintsOf(connection: Queryable, table: string): Promise<Constraints> {
  const known = KNOWN.get(table);
  if (known) return known;
  const { rows } = await connection.query<{ name: string; columns: string[] }>(
    `select index.relname as name, array_agg(attname::text) as columns
     from pg_index join pg_class index on index.oid = indexrelid join pg_attribute on attrelid = indrelid and attnum = any(indkey)
     where indrelid = to_regclass($1) and indisunique group by 1
     union all
     select conname, array_agg(attname::text) from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
     where conrelid = to_regclass($1) and contype in ('f', 'c') group by 1`,
    [table],
  );
  const constraints = new Map(rows.map(({ name, columns }) => [name, columns]));
  KNOWN.set(table, constraints);
  return constraints;
}

const KNOWN = new Map<string, Constraints>();
const REFERENCES = new Map<string, readonly Reference[]>();

/**
 * Refuses values that name rows of another tenant as if there were none: foreign keys see past row-level security, and would
 * tell that a row exists.
 * @throws AppError `invalid_input`
 */
export async function requireVisible(
  connection: Queryable,
  model: Model,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const { column, table, target } of await referencesOf(connection, model.table)) {
    const value = values[column];
    if (value === undefined || value === null || column === model.tenantField) continue;
    const { rowCount } = await connection.query(`select 1 from ${table} where ${target} = $1`, [value]);
    if (rowCount === 0) throw refused([column], 'not_found', NOT_THERE);
  }
}

async function referencesOf(connection: Queryable, table: string): Promise<readonly Reference[]> {
  const known = REFERENCES.get(table);
  if (known) return known;
  const { rows } = await connection.query<Reference>(
    `select own.attname::text as column, confrelid::regclass::text as table, quote_ident(theirs.attname) as target
     from pg_constraint join pg_class on pg_class.oid = confrelid and relrowsecurity
       join pg_attribute own on own.attrelid = conrelid and own.attnum = conkey[1]
       join pg_attribute theirs on theirs.attrelid = confrelid and theirs.attnum = confkey[1]
     where conrelid = to_regclass($1) and contype = 'f' and cardinality(conkey) = 1`,
    [table],
  );
  REFERENCES.set(table, rows);
  return rows;
}

const NOT_THERE = 'names something that does not exist';

/**
 * What a table's own constraints refuse, told as the fault of the input that it is. The values do not appear: PostgreSQL's
 * messages may hold those of another row.
 */
export function toConstraintError(
  error: unknown,
  { model, change, constraints }: { model: Model; change: 'write' | 'remove'; constraints: Constraints },
): unknown {
  if (!(error instanceof QueryError)) return error;
  const named = error.columns.length > 0 ? error.columns : (constraints.get(error.constraint ?? '') ?? []);
  const columns = named.filter((name) => Object.hasOwn(model.schema.shape, name));
  switch (error.code) {
    case '23505':
      return alreadyExists(model, columns);
    case '23503':
      if (change === 'remove') return commonErrors.in_use(`Other things refer to this ${model.name}.`);
      return refused(columns, 'not_found', NOT_THERE);
    case '23502':
      return refused(columns, 'required', 'must not be null');
    case '23514':
      return refused(columns, 'not_allowed', `is not allowed by ${error.constraint ?? 'a rule'} of the database`);
    case '22001':
      return refused(columns, 'too_big', 'is longer than its column');
    case '22003':
      return refused(columns, 'too_big', 'is larger than its column can hold');
    default:
      return /^22/.test(error.code) ? refused(columns, 'invalid_value', 'is not a value its column can hold') : error;
  }
}

/** A filter or cursor with a value that its column cannot hold, such as a number beyond its type, is the fault of the query. */
export function toReadError(error: unknown): unknown {
  if (!(error instanceof QueryError) || !/^22/.test(error.code)) return error;
  const message = 'holds a value that its column cannot hold';
  return invalidInput([{ pointer: '/query', code: 'invalid_value', message }]);
}

function alreadyExists(model: Model, columns: readonly string[]): AppError {
  const shown = columns.filter((column) => column !== model.tenantField);
  const errors = shown.map((column): InputIssue => ({ pointer: `/${column}`, code: 'not_unique', message: 'is already taken' }));
  const detail = `Another ${model.name} already has this ${shown.join(' and ') || 'value'}.`;
  return commonErrors.already_exists(detail, errors.length > 0 ? { errors } : {});
}

function refused(columns: readonly string[], code: string, message: string): AppError {
  return invalidInput(
    columns.length > 0 ? columns.map((column) => ({ pointer: `/${column}`, code, message })) : [{ pointer: '', code, message }],
  );
}
