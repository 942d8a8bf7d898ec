import { z } from 'zod';
import { type Context, type Route, requirePrincipal } from '../../api/index.ts';
import { auditTargetOf } from '../../governance/index.ts';
import { hasScope, RAW_PAYLOAD_SCOPE } from '../../kernel/index.ts';
import type { AdminAction, Words } from '../../platform/index.ts';
import { describeModel, sentenceCase } from '../schema/describe-model.ts';
import type { FieldDescription } from '../schema/schemas.ts';
import { adminFilters, dateColumn } from './filters.ts';
import { formSchemaOf } from './json-schema.ts';
import { adminOptionsOf, keyOf } from './models.ts';
import type { AdminEntry, AdminModelDetail } from './schemas.ts';
import { isPlain, mayCall, type Served, servedModels } from './served.ts';

type Detail = z.input<typeof AdminModelDetail>;

const TITLES = ['name', 'title', 'label', 'slug', 'email', 'number'];
/** Columns of a list that nobody has chosen. */
const COLUMNS = 6;
/** A text that may be longer is no column. */
const LONGEST_IN_LIST = 300;

export function entryOf(served: Served, ctx: Context): AdminEntry {
  const { model, path, routes } = served;
  const { group = sentenceCase(model.app), icon = null } = adminOptionsOf(ctx, model);
  const may = (action: string) => routes.some((route) => route.action === action && mayCall(route, ctx));
  return {
    app: model.app,
    model: model.name.toLowerCase(),
    name: model.name,
    verbose_name: model.verboseName,
    group: inWords(group),
    icon,
    path,
    can: {
      create: may('create'),
      update: may('update') || may('partialUpdate'),
      delete: may('destroy'),
      export: may('export'),
      import: may('import') && importsFiles(routes),
      history: hasScope(requirePrincipal(ctx), 'audit:read'),
    },
  };
}

/** All that a list and a form have to know of a model. */
export function detailOf(served: Served, ctx: Context): Detail {
  const { model, view, routes } = served;
  const options = adminOptionsOf(ctx, model);
  const entry = entryOf(served, ctx);
  const { fields, create, update } = schemasOf(served, ctx);
  const names = new Set(fields.map(({ name }) => name));
  const known = (columns: readonly string[]) => columns.filter((column) => names.has(column));
  const title = options.title ?? titleOf(fields, model.redacted);
  const features = view.getListFeatures();
  const redacted = features.redacted ?? [];
  const isRaw = hasScope(requirePrincipal(ctx), RAW_PAYLOAD_SCOPE);
  const open = (column: string) => isRaw || !redacted.includes(column);
  const changeable = new Set(Object.keys((update?.schema.properties ?? {}) as object));
  const terms = features.ordering.filter((term) => open(term.replace(/^-/, '')));
  const actions = actionsOf(served, ctx);
  const test = options.test === undefined ? 'test' : options.test;
  return {
    ...entry,
    title_field: title,
    fields,
    list: options.list ? known(options.list) : listOf(fields, title),
    editable:
      entry.can.update && update?.method === 'PATCH'
        ? known(options.editable ?? []).filter((column) => changeable.has(column))
        : [],
    readonly: [...(options.readonly ?? [])],
    redacted: [...redacted],
    ordering: { columns: [...new Set(terms.map((term) => term.replace(/^-/, '')))], default: terms[0] ?? '-id' },
    search:
      features.searchFields.length > 0 && features.searchFields.every(open)
        ? { columns: [...features.searchFields], hint: options.search === undefined ? null : inWords(options.search) }
        : null,
    filters: adminFilters(features, fields, { wanted: options.filters, open, mayReadRaw: isRaw, isPlain: isPlain(served) }),
    date: dateColumn(features, { wanted: options.dateHierarchy, open, mayReadRaw: isRaw, isPlain: isPlain(served) }),
    detail: routes.find(({ action }) => action === 'retrieve')?.path ?? null,
    create: entry.can.create ? (create ?? null) : null,
    update: entry.can.update ? (update?.schema ?? null) : null,
    update_method: entry.can.update ? (update?.method ?? null) : null,
    actions: actions.filter(({ name }) => name !== test),
    test: actions.find(({ name }) => name === test) ?? null,
    groups: (options.form ?? []).map((group) => ({ title: inWords(group.title), fields: [...group.fields] })),
    inlines: inlinesOf(served, ctx),
    audit_target: auditTargetOf(model),
  };
}

interface Schemas {
  readonly fields: FieldDescription[];
  readonly create: Detail['create'];
  readonly update: { readonly schema: Record<string, never>; readonly method: 'PUT' | 'PATCH' } | undefined;
}

// Schemas never change while a process runs, and turning them inside out for every request would be waste.
const SCHEMAS = new WeakMap<Served, Schemas>();

function schemasOf(served: Served, ctx: Context): Schemas {
  const known = SCHEMAS.get(served);
  if (known) return known;
  const models = ctx.services.modelRegistry;
  const body = (action: string) => served.routes.find((route) => route.action === action)?.options.body;
  const described = (schema: z.ZodType | undefined) =>
    schema instanceof z.ZodObject ? describeModel({ ...served.model, schema }, models).fields : [];
  const forms = (schema: z.ZodType) => formSchemaOf(schema, described(schema));
  const [created, put, patch] = [body('create'), body('update'), body('partialUpdate')];
  const changed = put ?? patch;
  const made: Schemas = {
    fields: described(rowOf(served)).map(namedAsOther),
    create: created ? forms(created) : null,
    update: changed && { schema: forms(changed), method: patch && isPart(patch, changed) ? 'PATCH' : 'PUT' },
  };
  SCHEMAS.set(served, made);
  return made;
}

/** A column that holds the id of another row is called as that row is. */
function namedAsOther(field: FieldDescription): FieldDescription {
  return field.relation ? { ...field, verbose_name: field.verbose_name.replace(/ id$/i, '') } : field;
}

/** Whether all that the whole has can be changed by itself. */
function isPart(part: z.ZodType, whole: z.ZodType): boolean {
  if (part === whole) return true;
  const [parts, all] = [part, whole].map((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));
  return all !== undefined && all.length > 0 && all.every((name) => parts?.includes(name));
}

/** What the list answers a row with. */
function rowOf({ list, view }: Served): z.ZodType {
  const { response } = list.options;
  const results = response instanceof z.ZodObject ? response.shape.results : undefined;
  return results instanceof z.ZodArray && results.element instanceof z.ZodObject ? results.element : view.getResponseSchema();
}

/** What people call names, else the first text that every row has. */
function titleOf(fields: readonly FieldDescription[], redacted: readonly string[]): string {
  const texts = fields.filter(
    ({ name, type, format, choices, nullable }) =>
      type === 'string' &&
      (!format || format === 'email') &&
      !choices &&
      !nullable &&
      !name.endsWith('_id') &&
      !redacted.includes(name),
  );
  const isShort = ({ max_length: length = 0 }: FieldDescription) => length <= LONGEST_IN_LIST;
  return TITLES.find((title) => texts.some(({ name }) => name === title)) ?? texts.find(isShort)?.name ?? 'id';
}

function listOf(fields: readonly FieldDescription[], title: string): string[] {
  const isShort = ({ name, type, format, max_length: length = 0 }: FieldDescription) =>
    name !== title &&
    name !== 'id' &&
    name !== 'tenant_id' &&
    !['array', 'object', 'json'].includes(type) &&
    !['created_at', 'updated_at'].includes(name) &&
    (format !== undefined || length <= LONGEST_IN_LIST);
  const columns = fields.filter(isShort).map(({ name }) => name);
  const made = fields.some(({ name }) => name === 'created_at') ? ['created_at'] : [];
  return [title, ...columns.slice(0, COLUMNS - 1 - made.length), ...made];
}

function actionsOf({ model, routes }: Served, ctx: Context): Detail['actions'] {
  const offered = routes.filter(({ action, method, path, options }) => {
    const isOfRow = 'detail' in options && options.detail === true && /\{[^}]+\}\/[^{}]+$/.test(path.replace(/\/$/, ''));
    return isOfRow && method === 'POST' && !STANDARD.has(action);
  });
  const toEntry = (route: Route, { label, isDangerous = false }: Partial<AdminAction>) => ({
    name: route.action,
    label: inWords(label ?? sentenceCase(auditTargetOf({ name: route.action }))),
    path: route.path.replace(/\{[^}]+\}/, '{id}'),
    is_dangerous: isDangerous,
  });
  const wanted = adminOptionsOf(ctx, model).actions;
  const { test = 'test' } = adminOptionsOf(ctx, model);
  const callable = offered.filter((route) => mayCall(route, ctx) && needsNothing(route));
  if (!wanted) return callable.map((route) => toEntry(route, {}));
  const named = wanted.map((action) => (typeof action === 'string' ? { name: action } : action));
  const all = named.some(({ name }) => name === test) || test === null ? named : [...named, { name: test }];
  return all.flatMap((action) => {
    const route = callable.find((candidate) => candidate.action === action.name);
    return route ? [toEntry(route, action)] : [];
  });
}

const STANDARD = new Set(['create', 'update', 'partialUpdate', 'destroy', 'import', 'export', 'list', 'retrieve']);

function needsNothing({ options }: Route): boolean {
  return !options.consumes && (!options.body || options.body.safeParse({}).success);
}

/** Workflows are taken as JSON alone, in a body of their own shape. */
function importsFiles(routes: readonly Route[]): boolean {
  return routes.some(({ action, options }) => action === 'import' && options.consumes?.includes('text/csv'));
}

function inlinesOf({ model }: Served, ctx: Context): Detail['inlines'] {
  const all = servedModels(ctx);
  return (adminOptionsOf(ctx, model).inlines ?? []).flatMap((inline) => {
    const other = all.find((served) => keyOf(served.model) === keyOf(inline.model));
    if (!other || !mayCall(other.list, ctx)) return [];
    // Without a filter by the column, rows of others would be shown.
    const filter = Object.entries(other.view.getListFeatures().filters).find(
      ([, { column, operator }]) => column === inline.column && operator === 'exact',
    );
    if (!filter || filter[0] !== inline.column) return [];
    const { fields } = schemasOf(other, ctx);
    const shown = inline.list ?? adminOptionsOf(ctx, other.model).list ?? listOf(fields, titleOf(fields, other.model.redacted));
    const list = shown.filter((column) => column !== inline.column);
    return [{ model: keyOf(other.model), column: inline.column, title: inWords(inline.title ?? other.model.verboseName), list }];
  });
}

export function inWords(text: string | Words): Words {
  return typeof text === 'string' ? { en: text } : text;
}

/** Column that names a row of a model. */
export function titleFieldOf(served: Served, ctx: Context): string {
  return adminOptionsOf(ctx, served.model).title ?? titleOf(schemasOf(served, ctx).fields, served.model.redacted);
}

/** Columns that point to another model, by the schema. */
export function referencesTo(served: Served, target: Served, ctx: Context): readonly string[] {
  const wanted = keyOf(target.model);
  return schemasOf(served, ctx)
    .fields.filter(({ relation }) => relation && `${relation.app_label}/${relation.model}`.toLowerCase() === wanted)
    .map(({ name }) => name);
}
