import { commonErrors } from '../../kernel/index.ts';

/** What an import takes; looked at while it is read, so that nothing is done for what is too much. */
export const transferLimits = {
  rows: 10_000,
  /** Names in the first line, and cells of any other. */
  columns: 1_000,
  bytes: 16 * 1_048_576,
  /** Parts of a form. */
  parts: 20,
} as const;

const grouped = (count: number) => count.toLocaleString('en');

export function tooManyRows() {
  return commonErrors.payload_too_large(`An import takes up to ${grouped(transferLimits.rows)} rows: send several.`);
}

export function tooManyColumns() {
  return commonErrors.payload_too_large(`A line of an import has up to ${grouped(transferLimits.columns)} columns.`);
}

/** @param limit bytes */
export function rowTooLarge(limit: number, row: number) {
  return commonErrors.payload_too_large(`Row ${row} is larger than ${grouped(limit)} bytes, the most that one may have.`);
}
