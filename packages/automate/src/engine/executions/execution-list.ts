import { type Context, requirePrincipal } from '../../api/index.ts';
import { invalidInput, isUuid } from '../../kernel/index.ts';
import { WorkflowModel } from '../workflows/schemas.ts';
import type { WorkflowName } from './schemas.ts';
import './services.ts';

const MAXIMUM_DAYS = 31;

interface ListQuery {
  readonly input?: unknown;
  /** Ids or slugs, then ids. */
  workflow?: readonly string[];
  readonly workflow_id?: string;
  readonly created_after?: string;
  readonly created_before?: string;
}

/** Makes the query of a list ready for the store. @throws AppError `invalid_input` for what would look through too much */
export async function prepareQuery(ctx: Context): Promise<void> {
  const query = ctx.query as ListQuery;
  requireBounds(query);
  if (query.workflow) query.workflow = await idsOf(ctx, query.workflow);
}

/** Payloads are looked through one by one, so it has to be said among which. */
function requireBounds({ input, workflow, workflow_id, created_after, created_before }: ListQuery): void {
  if (input === undefined || workflow_id !== undefined || workflow !== undefined) return;
  const end = created_before === undefined ? Date.now() : Date.parse(created_before);
  if (created_after !== undefined && end - Date.parse(created_after) <= MAXIMUM_DAYS * 86_400_000) return;
  const message = `needs "workflow_id" beside it, or "created_after" and "created_before" at most ${MAXIMUM_DAYS} days apart`;
  throw invalidInput([{ pointer: '/query/input', code: 'unbounded', message }]);
}

/** The workflows of these ids and slugs, archived ones included. */
async function idsOf(ctx: Context, names: readonly string[]): Promise<string[]> {
  const slugs = names.filter((name) => !isUuid(name));
  const ids = names.filter(isUuid);
  if (slugs.length === 0) return ids;
  const query = { column: 'slug', values: slugs, order: BY_ID, limit: MAXIMUM_NAMESAKES };
  const found = await ctx.services.models.related(WorkflowModel, query, { tenantId: requirePrincipal(ctx).tenantId });
  return [...ids, ...found.map(({ id }) => id)];
}

const BY_ID = { column: 'id', descending: true };
/** Workflows of one slug that are looked at: one, and those that had it and were archived. */
const MAXIMUM_NAMESAKES = 100;

/** Executions with what their workflows are called, in the caller's tenant: one query for all. */
export async function withWorkflows<R extends { readonly workflow_id: string }>(
  ctx: Context,
  rows: readonly R[],
): Promise<(R & { workflow: WorkflowName | null })[]> {
  const ids = [...new Set(rows.map(({ workflow_id }) => workflow_id))];
  if (ids.length === 0) return [];
  const query = { column: 'id', values: ids, order: BY_ID, limit: 1 };
  const found = await ctx.services.models.related(WorkflowModel, query, { tenantId: requirePrincipal(ctx).tenantId });
  const names = new Map(found.map(({ id, slug, name }) => [id, { id, slug, name }]));
  return rows.map((row) => ({ ...row, workflow: names.get(row.workflow_id) ?? null }));
}
