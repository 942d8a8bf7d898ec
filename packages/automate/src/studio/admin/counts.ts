import type { z } from 'zod';
import { type Context, listQueryOf, requireScope } from '../../api/index.ts';
import type { CalendarUnit, Filter, Scope, Tally } from '../../kernel/index.ts';
import { detailOf, referencesTo, titleFieldOf } from './describe.ts';
import { deleteRules } from './references.store.ts';
import type { AdminFacets, AdminNames, AdminRelated, FacetsQuery } from './schemas.ts';
import { isPlain, mayCall, refusalOf, requireList, type Served, servedModels } from './served.ts';

/** Rows that are looked at for one count. */
const BOUND = 100_000;
const MOST_VALUES = 30;
const MOST_DATES = 400;
/** Filters whose values are counted, of one list. */
const MOST_FACETS = 12;
/** How long counts are begun for one reply: what is left is not told. */
const LONGEST_MS = 3_000;
/** Rows of another model that are counted. */
const RELATED_BOUND = 1_000;

type Facets = z.input<typeof AdminFacets>;

/** How many rows have which value of each filter that is offered, the others being as they are; and of the calendar. */
export async function facetsOf(served: Served, ctx: Context): Promise<Facets> {
  const { query = '', within, time_zone: zone = 'UTC' } = ctx.query as z.output<typeof FacetsQuery>;
  await requireList(served, ctx);
  const { view, list } = served;
  const asked = listQueryOf(view, list, query, ctx);
  const scope = view.getQuery(ctx);
  if (!scope || !isPlain(served)) return { facets: [], dates: null };
  const store = view.getStore(ctx);
  const described = detailOf(served, ctx);
  const redacted = new Set(view.getListFeatures().redacted ?? []);
  const counted = described.filters.filter(({ is_counted, column }) => is_counted && !redacted.has(column)).slice(0, MOST_FACETS);
  const searched = asked.search === undefined ? {} : { search: asked.search };
  const tally = (column: string, filters: Filter[], rest: { by?: { unit: CalendarUnit; zone: string }; limit: number }) =>
    store.tally(asked.model, { filters, ...searched, column, bound: BOUND, ...rest }, scope);
  const facets: Facets['facets'] = [];
  // One at a time: an embedded database has one session, which others wait for.
  const began = performance.now();
  const hasTime = () => performance.now() - began < LONGEST_MS;
  for (const { parameter, column } of counted) {
    if (!hasTime()) break;
    const found = await tally(column, without(asked.filters, [column]), { limit: MOST_VALUES });
    if (found) facets.push({ parameter, ...toCounts(found) });
  }
  const { date } = described;
  if (!date?.is_counted || redacted.has(date.column) || !hasTime()) return { facets, dates: null };
  const rest = without(asked.filters, [date.column]);
  return { facets, dates: await datesOf({ column: date.column, within, zone }, rest, tally) };
}

/** The parts of a month or a year; without one, the coarsest there are more than one of. */
async function datesOf(
  { column, within, zone }: { column: string; within: string | undefined; zone: string },
  filters: Filter[],
  tally: (
    column: string,
    filters: Filter[],
    rest: { by: { unit: CalendarUnit; zone: string }; limit: number },
  ) => Promise<Tally | undefined>,
): Promise<Facets['dates']> {
  const units: readonly CalendarUnit[] =
    within === undefined ? ['year', 'month', 'day'] : within.length === 4 ? ['month', 'day'] : ['day'];
  const narrowed = within === undefined ? filters : [...filters, ...aroundOf(column, within)];
  let found: Facets['dates'] = null;
  for (const unit of units) {
    const counts = await tally(column, narrowed, { by: { unit, zone }, limit: MOST_DATES });
    if (!counts) return found;
    const values = counts.groups.filter(({ value }) => value !== null && (within === undefined || value.startsWith(within)));
    found = { unit, values, is_complete: counts.isComplete };
    if (values.length !== 1) break;
  }
  return found;
}

/** The year or month with a day on both sides, for zones that are ahead or behind. */
function aroundOf(column: string, within: string): Filter[] {
  const [year = 0, month] = within.split('-').map(Number);
  const DAY = 86_400_000;
  const start = Date.UTC(year, (month ?? 1) - 1);
  const end = month === undefined ? Date.UTC(year + 1, 0) : Date.UTC(year, month);
  return [
    { column, operator: 'gte', value: new Date(start - DAY).toISOString() },
    { column, operator: 'lt', value: new Date(end + DAY).toISOString() },
  ];
}

function without(filters: readonly Filter[], columns: readonly string[]): Filter[] {
  return filters.filter(({ column }) => !columns.includes(column));
}

function toCounts({ groups, isComplete }: Tally) {
  return { values: groups.map(({ value, count }) => ({ value, count })), is_complete: isComplete };
}

/** What rows are called, by their ids: as their list shows them, and those only. */
export async function namesOf(served: Served, ids: readonly string[], ctx: Context): Promise<z.input<typeof AdminNames>> {
  await requireList(served, ctx);
  const scope = served.view.getQuery(ctx);
  const idSchema = served.model.schema.shape.id as z.ZodType;
  const possible = ids.filter((id) => idSchema.safeParse(id).success);
  if (!scope || !isPlain(served) || possible.length === 0) return { results: [] };
  const filters: Filter[] = [{ column: 'id', operator: 'in', value: possible }];
  const order = [{ column: 'id', descending: false }];
  const rows = await served.view.getStore(ctx).list(served.model, { filters, order, limit: possible.length }, scope);
  const title = titleFieldOf(served, ctx);
  return {
    results: rows.map((row) => {
      const shown = served.view.present(row, ctx) as Record<string, unknown>;
      const name = shown[title];
      return { id: String(shown.id), name: typeof name === 'string' && name !== '' ? name : String(shown.id) };
    }),
  };
}

/** Rows of others that point to one, as far as whoever asks may see them. */
export async function relatedTo(target: Served, id: string, ctx: Context): Promise<z.input<typeof AdminRelated>> {
  await requireList(target, ctx);
  const own = target.view.getQuery(ctx);
  const idSchema = target.model.schema.shape.id as z.ZodType;
  if (!own || !idSchema.safeParse(id).success) return { results: [] };
  if (!(await target.view.getStore(ctx).get(target.model, id, own))) return { results: [] };
  const rules = await rulesFor(target, ctx);
  const results: z.input<typeof AdminRelated>['results'] = [];
  for (const served of servedModels(ctx)) {
    if (!mayCall(served.list, ctx) || !isPlain(served) || (await refusalOf(served, ctx)) !== undefined) continue;
    const scope = served.view.getQuery(ctx);
    for (const column of referencesTo(served, target, ctx)) {
      if (!scope || served.model.redacted.includes(column) || !Object.hasOwn(served.model.schema.shape, column)) continue;
      results.push({
        ...(await countOf(served, { column, id, scope }, ctx)),
        on_delete: rules.get(`${served.model.table}.${column}`) ?? 'none',
      });
    }
  }
  return { results };
}

async function countOf(served: Served, { column, id, scope }: { column: string; id: string; scope: Scope }, ctx: Context) {
  const { model, view } = served;
  const filters: Filter[] = [{ column, operator: 'exact', value: id }];
  const found = await view.getStore(ctx).tally(model, { filters, column, bound: RELATED_BOUND, limit: 1 }, scope);
  const filter = Object.entries(view.getListFeatures().filters).find(
    ([, { column: other, operator }]) => other === column && operator === 'exact',
  );
  return {
    app: model.app,
    model: model.name.toLowerCase(),
    verbose_name: model.verboseName,
    column,
    parameter: filter?.[0] ?? null,
    count: Math.min(found?.groups[0]?.count ?? 0, RELATED_BOUND),
    is_complete: found?.isComplete ?? false,
  };
}

async function rulesFor(target: Served, ctx: Context) {
  const { tenantId } = requireScope(target.view.getQuery(ctx));
  return ctx.services.database.asTenant(tenantId, (transaction) => deleteRules(transaction, target.model.table));
}
