import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { commonErrors, createPace, errorMessage } from '../../kernel/index.ts';
import { type Cell, EMPTY } from './csv.ts';
import { rowTooLarge, tooManyColumns, tooManyRows, transferLimits } from './limits.ts';

/** Bytes that are parsed at once. */
const PIECE = 16_384;

/**
 * Reads CSV (RFC 4180) line by line, the names of the columns first. Nothing is read behind what is too much, and everything else of the process has its
 * turn meanwhile.
 * @param options.rowBytes about the most bytes of a line
 * @throws `payload_too_large`, `invalid_input` when it is not CSV; the message tells the line and holds no cell
 */
export async function* readCsv(bytes: Uint8Array, { rowBytes }: { rowBytes: number }): AsyncGenerator<Cell[]> {
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: rowBytes,
    cast: (value, { quoting, index, records }): Cell => {
      if (index >= transferLimits.columns) throw tooManyColumns();
      if (records > transferLimits.rows) throw tooManyRows();
      return value === '' && !quoting ? EMPTY : value;
    },
  });
  let count = 0;
  try {
    for await (const cells of pipeline(Readable.from(piecesOf(bytes)), parser, () => undefined)) {
      yield cells as Cell[];
      count += 1;
    }
  } catch (error) {
    throw refusal(error, { rowBytes, count });
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const pace = createPace();
  for (let start = 0; start < bytes.length; start += PIECE) {
    yield bytes.subarray(start, start + PIECE);
    await pace();
  }
}

function refusal(error: unknown, { rowBytes, count }: { rowBytes: number; count: number }): unknown {
  // Ours among them: the limits.
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return rowTooLarge(rowBytes, count);
  const line = /line (\d+)/.exec(errorMessage(error))?.[1];
  return commonErrors.invalid_input(`The body is not valid CSV${line ? ` (line ${line})` : ''}.`);
}
