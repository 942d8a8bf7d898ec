import { AppError, commonErrors } from '../../kernel/index.ts';

export interface QueryErrorFields {
  readonly message: string;
  readonly code: string;
  readonly constraint: string | undefined;
  readonly columns: readonly string[];
}

/** What both drivers tell of an error, as far as it may be shown: the detail holds values, so only its column names are kept. */
export function errorFieldsOf(error: unknown): QueryErrorFields {
  const { message, code, constraint, column, detail } = error as DriverError;
  const listed = /^Key \(([^)]*)\)/.exec(detail ?? '')?.[1]?.split(', ') ?? [];
  return { message, code: code ?? '', constraint, columns: column === undefined ? listed : [column] };
}

interface DriverError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly detail?: string;
}

/** An error reported by PostgreSQL, the same on both drivers. */
export class QueryError extends Error {
  /** SQLSTATE, for example `23505`. */
  readonly code: string;
  readonly constraint: string | undefined;
  /** Names of the columns a constraint refused. */
  readonly columns: readonly string[];

  constructor(fields: QueryErrorFields & { readonly cause?: unknown }) {
    super(fields.message, { cause: fields.cause });
    this.name = 'QueryError';
    this.code = fields.code;
    this.constraint = fields.constraint;
    this.columns = fields.columns;
  }
}

export function isUniqueViolation(error: unknown, constraint?: string): error is QueryError {
  return error instanceof QueryError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);
}

/** Serialization failures and deadlocks: the transaction did nothing and may simply run again. */
export function isTransient(error: unknown): boolean {
  return AppError.is(error) && error.code === 'database_conflict';
}

/**
 * Whether the statement itself was at fault, so that the same one without the bad row may succeed: bad data (22), a constraint (23), or
 * more than PostgreSQL can hold (54).
 */
export function isBadStatement(error: unknown): boolean {
  return error instanceof QueryError && /^(2[23]|54)/.test(error.code);
}

/** Whether the statement was ended since it took too long. */
export function isTimedOut(error: unknown): boolean {
  return error instanceof QueryError && error.code === '57014';
}

/** Whether the database takes nothing at the moment, for no fault of the statement. */
export function isUnavailable(error: unknown): boolean {
  return isConnectionLost(error) || (AppError.is(error) && error.code === 'database_full');
}

/** Whether the connection is of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  return AppError.is(error) && error.code === 'database_unavailable';
}

/** The 503 that callers see while the database cannot be reached; nothing was accepted. */
export function databaseUnavailable(cause: unknown): AppError {
  return new AppError({
    status: commonErrors.unavailable().status,
    code: 'database_unavailable',
    title: 'Database unavailable',
    detail: 'The database cannot be reached at the moment. Nothing was stored; try again shortly.',
    headers: { 'retry-after': '2' },
    cause,
  });
}

/** The 507 that callers see while the disk of the database is full; nothing was accepted. */
function databaseFull(cause: unknown): AppError {
  return new AppError({
    status: 507,
    code: 'database_full',
    title: 'Database full',
    detail: 'The disk of the database is full. Nothing was stored; an operator has to make room.',
    headers: { 'retry-after': '30' },
    cause,
  });
}

/** The 503 that callers see when PostgreSQL made their transaction give way to another; nothing was accepted. */
function databaseConflict(cause: unknown): AppError {
  return new AppError({
    status: commonErrors.unavailable().status,
    code: 'database_conflict',
    title: 'Database conflict',
    detail: 'The transaction had to give way to another one. Nothing was stored; try again shortly.',
    headers: { 'retry-after': '1' },
    cause,
  });
}

/** SQLSTATEs of a serialization failure and a deadlock. */
const CONFLICT = new Set(['40001', '40P01']);
/** SQLSTATE of a disk without room. */
const DISK_FULL = '53100';
/** SQLSTATE classes and codes that mean "no connection" or "going down", not "bad statement". */
const UNAVAILABLE = /^(08...|57P0[1-5]|53300|25P03)$/;
const SOCKET = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;

/** Turns what a driver throws into a {@link QueryError} or one of the problems above. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof QueryError || AppError.is(error) || !(error instanceof Error)) return error;
  const fields = errorFieldsOf(error);
  const { code } = fields;
  const lostConnection =
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/;
  if (UNAVAILABLE.test(code) || SOCKET.test(code) || (code === '' && lostConnection.test(error.message))) {
    return databaseUnavailable(error);
  }
  if (code === DISK_FULL) return databaseFull(error);
  if (CONFLICT.has(code)) return databaseConflict(error);
  if (code === '') return error;
  return new QueryError({ ...fields, cause: error });
}
