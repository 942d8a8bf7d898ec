import { QueryError } from '../../db/index.ts';
import { cutText, errorMessage, storableText } from '../../kernel/index.ts';

const MAXIMUM_TEXT = 1_000;

/** Why something was refused, as a verdict tells it. What the database says of its own tables is for the log. */
export function errorText(cause: unknown): string {
  if (cause instanceof QueryError || cause instanceof RangeError) {
    const code = cause instanceof QueryError ? ` (SQLSTATE ${cause.code})` : '';
    return `not_storable: What would start cannot be stored${code}.`;
  }
  return cutText(storableText(errorMessage(cause)), MAXIMUM_TEXT);
}
