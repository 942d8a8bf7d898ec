import { Readable } from 'node:stream';
import { z } from 'zod';
import { createPace, type ListQuery, type Model, type Row } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { type RawReply, raw } from '../http/reply.ts';
import { listQuerySchema } from '../lists/list-query.ts';
import { type RequestedList, requestedList } from '../lists/requested-list.ts';
import { readmit } from '../requests/readmission.ts';
import type { RequestContext } from '../requests/request-context.ts';
import { csvWriter } from './csv.ts';
import { type Exportable, fieldsOf } from './transferable.ts';
import { mediaTypes, type TransferFormat, transferFormats } from './upload.ts';

const BATCH = 500;
/** Rows that are written at once. */
const STRETCH = 50;

/** The query of an export: that of the list, without its pages. */
export function exportQuerySchema<M extends Model>(viewset: Exportable<M>): z.ZodObject {
  const names = Object.keys(viewset.getTransferSchema().shape) as [string, ...string[]];
  return listQuerySchema(viewset.getListFeatures(), z.object({})).extend({
    format: z.enum(transferFormats).optional().describe('Default: csv.'),
    fields: z.array(z.enum(names)).optional().describe('Columns, separated by commas; all when missing.'),
  });
}

/** The filtered list as a file, written while it is read: any number of rows, a few hundred in memory. */
export function exportRows<M extends Model>(viewset: Exportable<M>, ctx: Context): RawReply {
  const { format = 'csv', fields } = ctx.query as { format?: TransferFormat; fields?: readonly string[] };
  const columns = fields ?? Object.keys(viewset.getTransferSchema().shape);
  // What it asks for is looked at before anything is sent.
  const batches = batchesOf(viewset, ctx, requestedList(viewset, ctx));
  const pieces =
    format === 'csv' ? csvPieces(csvWriter(fieldsOf(viewset), columns), batches) : jsonPieces(columns, batches, format);
  const name = `${viewset.model.table.replaceAll(/[^a-z0-9_]/gi, '_')}-${new Date().toISOString().slice(0, 10)}.${format}`;
  return raw(Readable.from(pieces, { signal: ctx.request.signal }), {
    contentType: `${mediaTypes[format]}; charset=utf-8`,
    headers: { 'content-disposition': `attachment; filename="${name}"` },
  });
}

/** Pages of the list, each in a transaction of its own, so that a slow reader holds none open. */
async function* batchesOf<M extends Model>(
  viewset: Exportable<M>,
  ctx: Context,
  { model, filters, search, order }: RequestedList<M>,
): AsyncGenerator<readonly object[]> {
  const scope = viewset.getQuery(ctx);
  if (!scope) return;
  const schema = z.array(viewset.getTransferSchema());
  const pace = createPace();
  let after: ListQuery['after'];
  for (let isFirst = true; ; isFirst = false) {
    // A long file takes a while, and a key may be revoked meanwhile.
    if (!isFirst) await readmit(ctx as RequestContext);
    const rows: Row<M>[] = await viewset.getStore(ctx).list(model, { filters, search, order, after, limit: BATCH }, scope);
    const shown = await viewset.toTransfer(rows, ctx);
    for (let start = 0; start < shown.length; start += STRETCH) {
      yield schema.parse(shown.slice(start, start + STRETCH));
      await pace();
    }
    const last = rows.at(-1) as Readonly<Record<string, unknown>> | undefined;
    if (!last || rows.length < BATCH) return;
    after = order.map(({ column }) => last[column]);
  }
}

async function* csvPieces(
  write: ReturnType<typeof csvWriter>,
  batches: AsyncIterable<readonly object[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const rows of batches) {
    yield write(rows, isFirst);
    isFirst = false;
  }
  if (isFirst) yield write([], true);
}

async function* jsonPieces(
  columns: readonly string[],
  batches: AsyncIterable<readonly object[]>,
  format: 'json' | 'jsonl',
): AsyncGenerator<string> {
  const textOf = (row: object) => JSON.stringify(picked(row, columns));
  if (format === 'jsonl') {
    for await (const rows of batches) yield `${rows.map(textOf).join('\n')}\n`;
    return;
  }
  let separator = '[\n';
  for await (const rows of batches) {
    yield separator + rows.map(textOf).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

function picked(row: object, columns: readonly string[]): object {
  return Object.fromEntries(columns.map((column) => [column, (row as Readonly<Record<string, unknown>>)[column]]));
}
