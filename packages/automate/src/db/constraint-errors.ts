import { type AppError, commonErrors, type InputIssue, invalidInput, type Model } from '../kernel/index.ts';
import { QueryError } from './errors.ts';

/**
 * What a table's own constraints refuse, told as the fault of the input that it is. The values do not appear: PostgreSQL's
 * messages may hold those of another row.
 */
export function toConstraintError(error: unknown, model: Model, change: 'write' | 'remove'): unknown {
  if (!(error instanceof QueryError)) return error;
  const columns = error.columns.filter((name) => Object.hasOwn(model.schema.shape, name));
  switch (error.code) {
    case '23505':
      return alreadyExists(model, columns);
    case '23503':
      if (change === 'remove') return commonErrors.in_use(`Other things refer to this ${model.name}.`);
      return refused(columns, 'not_found', 'names something that does not exist');
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
