import { isBadStatement, QueryError } from '../../db/index.ts';

/** What the server says when a statement took too long, and when it took too much memory. */
const TOO_MUCH = new Set(['57014', '53200']);

/**
 * Whether the work on several items may have failed by one of them: what it holds cannot be stored, is too long for a program to write
 * down, or took more time or memory than there is.
 */
export function isolates(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  if (!(error instanceof QueryError)) return false;
  return (
    isBadStatement(error) ||
    TOO_MUCH.has(error.code) ||
    (error.code === 'XX000' && /memory alloc|too (large|long)/.test(error.message))
  );
}

/** Whether it may pass by itself, so that an item which stands alone is tried again before it is given up. */
export function mayPass(error: unknown): boolean {
  return error instanceof QueryError && TOO_MUCH.has(error.code);
}
