import type { z } from 'zod';
import { AppError } from './errors.ts';
import type { FieldOf, FilterDefinition, FilterSet } from './filters.ts';

/**
 * What the product knows about one kind of thing: one zod schema and one table. The schema validates, serializes,
 * documents and types it; the table stores it. Columns are the schema's keys.
 */
export interface Model<Schema extends z.ZodObject = z.ZodObject> {
  /** Label of the group it belongs to, such as `engine`; `app` for a host's own. */
  readonly app: string;
  /** Singular, as people write it: `Knowledge source`. */
  readonly verboseName: string;
  /** Singular, PascalCase; the name in OpenAPI. */
  readonly name: string;
  /** Table name, snake_case; a host's may name its schema too, as in `crm.notes`. */
  readonly table: string;
  readonly schema: Schema;
  /** Column that holds the tenant, or undefined for things that belong to no tenant. */
  readonly tenantField: string | undefined;
  /** Columns a list may be ordered by; the first is the default. A leading `-` means descending. The primary key `id` is always appended. */
  readonly ordering: readonly string[];
  /** Filters a list accepts, by query parameter. */
  readonly filters: FilterSet;
  /** Text columns that `?search=` looks in. */
  readonly searchFields: readonly string[];
  /** Columns that are shown redacted. What looks into them would tell what is hidden, so it needs {@link RAW_PAYLOAD_SCOPE}. */
  readonly redacted: readonly string[];
}

/** The scope of whoever may see payloads as they are. */
export const RAW_PAYLOAD_SCOPE = 'payloads:read_raw';

export type Row<M extends Model> = z.output<M['schema']>;

/**
 * Declares a model.
 * @throws AppError `invalid_model` when it could not work, such as an order by a column that may be null.
 * @example
 * export const NoteModel = defineModel({
 *   name: 'Note',
 *   table: 'notes',
 *   schema: Note,
 *   ordering: ['-created_at', 'title'],
 *   filters: filterBy(Note, { status: ['exact', 'in'] }),
 *   searchFields: ['title'],
 * });
 */
export function defineModel<Schema extends z.ZodObject>(options: {
  /** Default `app`. */
  app?: string;
  /** Default: the name in words. */
  verboseName?: string;
  name: string;
  table: string;
  schema: Schema;
  /** Default `tenant_id`. Pass null for things that belong to no tenant. */
  tenantField?: string | null;
  ordering?: readonly (FieldOf<Schema> | `-${FieldOf<Schema>}`)[];
  filters?: Readonly<Record<string, FilterDefinition>>;
  searchFields?: readonly FieldOf<Schema>[];
  redacted?: readonly FieldOf<Schema>[];
}): Model<Schema> {
  const model = Object.freeze({
    app: options.app ?? 'app',
    verboseName: options.verboseName ?? inWords(options.name),
    name: options.name,
    table: options.table,
    schema: options.schema,
    tenantField: options.tenantField === undefined ? 'tenant_id' : (options.tenantField ?? undefined),
    ordering: options.ordering ?? ['-id'],
    filters: options.filters ?? {},
    searchFields: options.searchFields ?? [],
    redacted: options.redacted ?? [],
  });
  requireSound(model);
  return model;
}

/**
 * Whether a list over the model could work with these features.
 * @throws AppError `invalid_model` naming the column that is not there or may be null.
 */
export function requireSound(model: Pick<Model, 'name' | 'schema' | 'ordering' | 'filters' | 'searchFields' | 'redacted'>): void {
  const { shape } = model.schema;
  const require = (column: string, use: string) => {
    if (!Object.hasOwn(shape, column))
      throw invalidModel(model.name, `${use} names "${column}", which its schema does not have.`);
  };
  if (!Object.hasOwn(shape, 'id')) throw invalidModel(model.name, 'its schema needs an `id`, the primary key.');
  for (const term of model.ordering) {
    const column = term.replace(/^-/, '');
    require(column, 'the ordering');
    // The keyset of a page cannot compare with null.
    if ((shape[column] as z.ZodType).safeParse(null).success) {
      throw invalidModel(model.name, `the ordering names "${column}", which may be null.`);
    }
  }
  for (const [name, { column }] of Object.entries(model.filters)) {
    require(column, `the filter "${name}"`);
    if (LIST_PARAMETERS.has(name))
      throw invalidModel(model.name, `the filter "${name}" has the name of a parameter that every list has: give it another.`);
  }
  for (const column of model.searchFields) require(column, 'the search');
  for (const column of model.redacted) require(column, 'what is shown redacted');
}

/** What the query of a list or of an export may hold beside filters; a filter of such a name would take its place, or never be asked. */
const LIST_PARAMETERS: ReadonlySet<string> = new Set([
  'count',
  'cursor',
  'expand',
  'fields',
  'format',
  'last_event_id',
  'limit',
  'ordering',
  'page',
  'search',
]);

/** @param name of the model */
export function invalidModel(name: string, problem: string): AppError {
  return new AppError({
    status: 500,
    code: 'invalid_model',
    title: 'Invalid model',
    detail: `The model ${name} cannot be served: ${problem}`,
  });
}

/** `KnowledgeSource` → `Knowledge source`, `APIKey` → `API key`. */
function inWords(name: string): string {
  const [first = '', ...rest] = name.match(/[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+/g) ?? [name];
  return [first, ...rest.map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))].join(' ');
}
