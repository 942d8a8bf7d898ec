import { type AppError, commonErrors, type InputIssue, invalidInput, type Model } from '../../kernel/index.ts';
import { QueryError } from '../port/errors.ts';
import type { Queryable } from '../port/port.ts';
import { type Constraints, isVisible, type Reference } from './catalog.store.ts';

/**
 * Refuses values that name rows of another tenant as if there were none: foreign keys see past row-level security, and would
 * tell that a row exists.
 * @throws AppError `invalid_input`
 */
export async function requireVisible(
  connection: Queryable,
  { model, values, references }: { model: Model; values: Readonly<Record<string, unknown>>; references: readonly Reference[] },
): Promise<void> {
  for (const reference of references) {
    const { column } = reference;
    const value = values[column];
    if (value === undefined || value === null || column === model.tenantField) continue;
    if (!(await isVisible(connection, reference, value))) throw refused([column], 'not_found', NOT_THERE);
  }
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
