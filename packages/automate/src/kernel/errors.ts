import { storableText } from './text.ts';

/** One thing that is wrong with an input: a JSON Pointer (RFC 6901) into it, a stable code and a sentence that says what to change. */
export interface InputIssue {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** What would have been known, where the input named something that is not. */
  readonly known?: readonly string[];
}

export interface AppErrorOptions {
  /** HTTP status that this error becomes at the edge. */
  readonly status: number;
  /** Stable, lower_snake_case; clients switch on it. */
  readonly code: string;
  /** Short and the same for every occurrence of the code. */
  readonly title: string;
  /** What happened this time and what to change. Never holds a secret or a stack. */
  readonly detail?: string;
  readonly errors?: readonly InputIssue[];
  /** Response headers that belong to the error, for example `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('automate.AppError');

/**
 * The one error that crosses feature borders: it knows its HTTP status and its stable code.
 * Recognise it with `AppError.is(error)`, which also works when the package is installed twice.
 */
export class AppError extends Error {
  readonly [BRAND] = true;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly InputIssue[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(options: AppErrorOptions) {
    super(options.detail ?? options.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.status = options.status;
    this.code = options.code;
    this.title = options.title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers;
  }

  static is(value: unknown): value is AppError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

type ErrorExtras = Omit<AppErrorOptions, 'status' | 'code' | 'title' | 'detail'>;
type ErrorFactory = (detail?: string, extras?: ErrorExtras) => AppError;

/**
 * Declares a feature's error catalogue: one factory per code.
 * @example
 * const errors = defineErrors({ not_found: [404, 'Not found'] });
 * throw errors.not_found('No workflow has this id.');
 */
export function defineErrors<const Catalogue extends Record<string, readonly [status: number, title: string]>>(
  catalogue: Catalogue,
): { readonly [Code in keyof Catalogue]: ErrorFactory } {
  const factories: Record<string, ErrorFactory> = {};
  for (const [code, [status, title]] of Object.entries(catalogue)) {
    factories[code] = (detail, extras) =>
      new AppError({ status, code, title, ...(detail === undefined ? {} : { detail }), ...extras });
  }
  return factories as { readonly [Code in keyof Catalogue]: ErrorFactory };
}

/** Errors that any feature may raise. */
export const commonErrors = defineErrors({
  bad_request: [400, 'Bad request'],
  invalid_input: [400, 'Invalid input'],
  number_out_of_range: [400, 'Number cannot be kept exactly'],
  invalid_cursor: [400, 'Invalid cursor'],
  unauthenticated: [401, 'Authentication required'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  not_acceptable: [406, 'Not acceptable'],
  conflict: [409, 'Conflict'],
  already_exists: [409, 'Already exists'],
  in_use: [409, 'In use'],
  precondition_failed: [412, 'Precondition failed'],
  payload_too_large: [413, 'Payload too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  rate_limited: [429, 'Too many requests'],
  internal: [500, 'Internal error'],
  unavailable: [503, 'Service unavailable'],
});

/** A 400 that points at each thing to change. */
export function invalidInput(errors: readonly InputIssue[], detail?: string): AppError {
  return commonErrors.invalid_input(detail ?? summarise(errors), { errors });
}

/** What is wrong, as a list: the issues of an error that has some, else the error itself. */
export function issuesOf({ errors, code, detail, title }: AppError): InputIssue[] {
  return errors ? [...errors] : [{ pointer: '', code, message: detail ?? title }];
}

/** The message of anything thrown, for logs and stored failure reasons: it can be stored. */
export function errorMessage(error: unknown): string {
  return storableText(error instanceof Error ? String(error.message) : textOf(error));
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'Something was thrown that has no text.';
  }
}

function summarise(errors: readonly InputIssue[]): string {
  const [first] = errors;
  if (!first) return 'The input is not valid.';
  const where = first.pointer === '' ? 'The input' : first.pointer;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${where}: ${first.message}${more}`;
}
