import type { z } from 'zod';

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
  /** Table name, snake_case. */
  readonly table: string;
  readonly schema: Schema;
  /** Column that holds the tenant, or undefined for things that belong to no tenant. */
  readonly tenantField: string | undefined;
  /** Columns a list may be ordered by; the first is the default. A leading `-` means descending. The primary key `id` is always appended. */
  readonly ordering: readonly string[];
  /** Filters a list accepts, by query parameter. */
  readonly filters: Readonly<Record<string, FilterDefinition>>;
  /** Text columns that `?search=` looks in. */
  readonly searchFields: readonly string[];
}

export type FilterOperator = 'exact' | 'in' | 'gte' | 'lt' | 'contains' | 'is_null';

export interface FilterDefinition {
  readonly column: string;
  readonly operator: FilterOperator;
  /** Validates one value of the query parameter. */
  readonly schema: z.ZodType;
}

export interface Filter {
  readonly column: string;
  readonly operator: FilterOperator;
  readonly value: unknown;
}

export type Row<M extends Model> = z.output<M['schema']>;

/**
 * Declares a model.
 * @example
 * export const WorkflowModel = defineModel({ name: 'Workflow', table: 'workflows', schema: Workflow, ordering: ['-id'] });
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
  ordering?: readonly string[];
  filters?: Readonly<Record<string, FilterDefinition>>;
  searchFields?: readonly string[];
}): Model<Schema> {
  return Object.freeze({
    app: options.app ?? 'app',
    verboseName: options.verboseName ?? inWords(options.name),
    name: options.name,
    table: options.table,
    schema: options.schema,
    tenantField: options.tenantField === undefined ? 'tenant_id' : (options.tenantField ?? undefined),
    ordering: options.ordering ?? ['-id'],
    filters: options.filters ?? {},
    searchFields: options.searchFields ?? [],
  });
}

/** `KnowledgeSource` → `Knowledge source`, `APIKey` → `API key`. */
function inWords(name: string): string {
  const [first = '', ...rest] = name.match(/[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+/g) ?? [name];
  return [first, ...rest.map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))].join(' ');
}

/** Which rows a caller may touch. Built from the principal, never from the request's text. */
export interface Scope {
  /** Tenant whose rows are visible. */
  readonly tenantId: string;
  /** Further conditions every query carries. */
  readonly filters?: readonly Filter[];
}

export interface OrderTerm {
  readonly column: string;
  readonly descending: boolean;
}

export interface ListQuery {
  readonly filters: readonly Filter[];
  readonly search?: string | undefined;
  /** Ends with the primary key, so that the order is total. */
  readonly order: readonly OrderTerm[];
  /** Start after (or, when `backward`, end before) the row with these values of the `order` columns. */
  readonly after?: readonly unknown[] | undefined;
  readonly backward?: boolean | undefined;
  readonly limit: number;
}

/** How the web layer reaches stored models. Every method confines itself to the scope. */
export interface ModelStore {
  list<M extends Model>(model: M, query: ListQuery, scope: Scope): Promise<Row<M>[]>;
  count(model: Model, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Promise<number>;
  get<M extends Model>(model: M, id: string, scope: Scope): Promise<Row<M> | undefined>;
  insert<M extends Model>(model: M, values: Partial<Row<M>>, scope: Scope): Promise<Row<M>>;
  update<M extends Model>(model: M, id: string, values: Partial<Row<M>>, scope: Scope): Promise<Row<M> | undefined>;
  remove(model: Model, id: string, scope: Scope): Promise<boolean>;
}
