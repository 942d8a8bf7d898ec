import { z } from 'zod';
import {
  AppError,
  commonErrors,
  type InputIssue,
  issuesOf,
  type Model,
  type ModelTransaction,
  type Row,
  type Scope,
  toPointer,
} from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import { clip } from '../http/problem.ts';
import { toInputIssues } from '../input/input-issues.ts';
import { partialSchema } from '../input/partial-schema.ts';
import { requireScope } from '../lists/requested-list.ts';
import { readRows } from './formats.ts';
import { fieldsOf, type Transferable } from './transferable.ts';

export const ImportQuery = z.object({
  dry_run: z.boolean().optional().describe('Tells what would happen, and changes nothing.'),
  mode: z
    .enum(['upsert', 'create', 'update'])
    .optional()
    .describe(
      'upsert (default): rows that are found by their id are changed, others created. create: all are created. update: all must be found.',
    ),
  partial: z.boolean().optional().describe('Keeps the good rows when others fail. Default: all or nothing.'),
});

const RowReport = z.object({
  row: z.int().describe('From 1; the first line of a CSV file, which names the columns, is not counted.'),
  status: z.enum(['created', 'updated', 'failed']),
  id: z.string().nullable(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })),
});

export const ImportReport = z
  .object({
    dry_run: z.boolean(),
    applied: z.boolean().describe('Whether anything was stored. False for a dry run, and when a row failed unless `partial`.'),
    total: z.int(),
    created: z.int(),
    updated: z.int(),
    failed: z.int(),
    rows: z.array(RowReport),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.output<typeof ImportReport>;
type RowReport = z.output<typeof RowReport>;

/**
 * Stores the rows of a file in one transaction, each as if it had been sent alone: the same schemas, object permissions and
 * `perform` methods. A dry run does all of it and takes it back.
 */
export async function importRows<M extends Model>(viewset: Transferable<M>, ctx: Context): Promise<ImportReport> {
  const { dry_run: isDry = false, partial = false, mode = 'upsert' } = ctx.query as z.output<typeof ImportQuery>;
  const scope = requireScope(viewset.getQuery(ctx));
  // Each row is like a request of its own, and may be as large.
  const rows = await readRows(ctx, fieldsOf(viewset), { rowBytes: ctx.api.limits.bodyBytes });
  const changes = partialSchema(viewset.updateSchema ?? viewset.createSchema);
  const reports: RowReport[] = [];
  let listed = 0;
  const storeAll = async (models: ModelTransaction): Promise<void> => {
    for (const [index, row] of rows.entries()) {
      ctx.request.signal.throwIfAborted();
      const report = await storeOne({ viewset, ctx, scope, models, mode, changes }, row);
      const errors = report.errors.slice(0, listed < MAXIMUM_LISTED ? MAXIMUM_ERRORS : 1);
      listed += errors.length;
      reports.push({ row: index + 1, ...report, errors });
    }
    if (isDry || (!partial && reports.some(({ status }) => status === 'failed'))) throw TAKEN_BACK;
  };
  await ctx.services.models.transaction(scope, storeAll).catch((error: unknown) => {
    if (error !== TAKEN_BACK) throw error;
  });

  const count = (wanted: RowReport['status']) => reports.filter(({ status }) => status === wanted).length;
  const failed = count('failed');
  const applied = !isDry && (partial || failed === 0) && reports.length > failed;
  return {
    dry_run: isDry,
    applied,
    total: rows.length,
    created: count('created'),
    updated: count('updated'),
    failed,
    rows: reports,
  };
}

/** Errors that are listed of a row, and of all rows until each has one. */
const MAXIMUM_ERRORS = 20;
const MAXIMUM_LISTED = 1_000;
/** Characters of a name that is shown, since it may be as long as the row. */
const MAXIMUM_NAME = 40;

/** Ends the transaction without an error of the request. */
const TAKEN_BACK = Symbol('taken back');

interface Work<M extends Model> {
  readonly viewset: Transferable<M>;
  readonly ctx: Context;
  readonly scope: Scope;
  readonly models: ModelTransaction;
  readonly mode: 'upsert' | 'create' | 'update';
  /** Validates a row that changes another. */
  readonly changes: z.ZodObject;
}

async function storeOne<M extends Model>(work: Work<M>, given: unknown): Promise<Omit<RowReport, 'row'>> {
  try {
    return await work.models.attempt(() => storeRow(work, given));
  } catch (error) {
    if (!AppError.is(error) || error.status >= 500) throw error;
    return { status: 'failed', id: null, errors: issuesOf(error) };
  }
}

async function storeRow<M extends Model>(
  { viewset, ctx, scope, models, mode, changes }: Work<M>,
  given: unknown,
): Promise<Omit<RowReport, 'row'>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalidRow([NOT_AN_OBJECT]);
  const values = given as Readonly<Record<string, unknown>>;
  const found = mode === 'create' ? undefined : await viewset.findImported(values, ctx, models, scope);
  if (!found && mode === 'update')
    throw invalidRow([{ pointer: '/id', code: 'not_found', message: 'is not the id of a row of yours' }]);
  if (!found) {
    const body = validated(viewset.createSchema, values, viewset);
    const row = await viewset.performCreate(viewset.withinScope(body, scope), ctx.withBody(body, { models }), scope);
    return { status: 'created', id: idOf(row), errors: [] };
  }
  for (const permission of viewset.getPermissions(ctx)) {
    if ((await permission.allowsObject?.(ctx, found)) === false)
      throw commonErrors.forbidden(`${permission.name} does not allow this.`);
  }
  const body = validated(changes, values, viewset);
  const row = await viewset.performUpdate(found, viewset.withinScope(body, scope), ctx.withBody(body, { models }), scope);
  return { status: 'updated', id: idOf(row), errors: [] };
}

const NOT_AN_OBJECT: InputIssue = { pointer: '', code: 'invalid_type', message: 'must be an object' };

/** What an export wrote and nobody may set is passed over; a name that nothing has is a mistake. */
function validated<M extends Model>(schema: z.ZodObject, values: Readonly<Record<string, unknown>>, viewset: Transferable<M>) {
  const readable = viewset.getTransferSchema().shape;
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(schema.shape, name) && !Object.hasOwn(readable, name));
  if (unknown.length > 0) {
    const shown = unknown.slice(0, MAXIMUM_ERRORS).map((name) => toPointer([clip(name, MAXIMUM_NAME)]));
    throw invalidRow(shown.map((pointer) => ({ pointer, code: 'unknown_field', message: 'is not a known field' })));
  }
  const known = Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(schema.shape, name)));
  const parsed = schema.safeParse(known);
  if (!parsed.success) throw invalidRow(toInputIssues(parsed.error));
  return parsed.data;
}

function invalidRow(errors: readonly InputIssue[]): AppError {
  return commonErrors.invalid_input('The row is not valid.', { errors });
}

function idOf(row: unknown): string | null {
  const { id } = row as Row<Model> & { id?: unknown };
  return typeof id === 'string' ? id : null;
}
