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

/** An item that took too much time or memory, all by itself, so often is given up. */
const MAXIMUM_STRIKES = 3;

/** Says when an item that fails alone is to be given up: at once, unless what has failed may pass by itself. */
export function createStrikes(): (id: string, error: unknown) => boolean {
  const strikes = new Map<string, number>();
  return (id, error) => {
    const count = (strikes.get(id) ?? 0) + 1;
    const mayPass = error instanceof QueryError && TOO_MUCH.has(error.code);
    if (mayPass && count < MAXIMUM_STRIKES) {
      strikes.set(id, count);
      return false;
    }
    strikes.delete(id);
    return true;
  };
}
