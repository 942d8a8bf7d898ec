import type { Filter } from './filters.ts';
import type { Model, Row } from './model.ts';

/** Which rows a caller may touch. Built from the principal, never from the request's text. */
export interface Scope {
  /** Tenant whose rows are visible. */
  readonly tenantId: string;
  /** Further conditions every query carries. */
  readonly filters?: readonly Filter[];
}

/**
 * The scope with further conditions; null stays null, so that nothing opens up.
 * @example
 * override getQuery(ctx: Context) { return narrow(super.getQuery(ctx), { project_id: ctx.params.project }); }
 */
export function narrow(scope: Scope | null, equal: Readonly<Record<string, unknown>>): Scope | null {
  if (!scope) return null;
  const filters = Object.entries(equal).map(([column, value]): Filter => ({ column, operator: 'exact', value }));
  return { ...scope, filters: [...(scope.filters ?? []), ...filters] };
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
  /** Rows to pass over. */
  readonly offset?: number | undefined;
  readonly limit: number;
}

export interface WriteOptions<M extends Model> {
  /** The row as it was read: if it has changed since, nothing is written and `precondition_failed` is thrown. */
  readonly expected?: Row<M> | undefined;
}

/** Rows of a model that belong to others by a column. */
export interface RelatedQuery {
  /** Column that names the other row. */
  readonly column: string;
  readonly values: readonly unknown[];
  readonly order: OrderTerm;
  /** Most rows for each value. */
  readonly limit: number;
}

/** How rows are told apart by one column. */
export interface TallyQuery extends Pick<ListQuery, 'filters' | 'search'> {
  readonly column: string;
  /** For moments: by calendar years, months or days of a time zone. Default: by value. */
  readonly by?: { readonly unit: CalendarUnit; readonly zone: string };
  /** Most rows that are looked at. */
  readonly bound: number;
  /** Most groups. */
  readonly limit: number;
}

export type CalendarUnit = 'year' | 'month' | 'day';

export interface Tally {
  /** Values as text, `2026`, `2026-12` or `2026-12-01` for moments; null for none. The largest first, moments in their order. */
  readonly groups: readonly { readonly value: string | null; readonly count: number }[];
  /** False when there are more rows or groups than were looked at. */
  readonly isComplete: boolean;
}

/** How the web layer reaches stored models. Every method confines itself to the scope. */
export interface ModelStore {
  list<M extends Model>(model: M, query: ListQuery, scope: Scope): Promise<Row<M>[]>;
  count(model: Model, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Promise<number>;
  /** How many rows have which value of a column, in one statement of three seconds at most; undefined when it takes longer. */
  tally(model: Model, query: TallyQuery, scope: Scope): Promise<Tally | undefined>;
  get<M extends Model>(model: M, id: string, scope: Scope): Promise<Row<M> | undefined>;
  /** One statement for all values: the first rows of each, in order. */
  related<M extends Model>(model: M, query: RelatedQuery, scope: Scope): Promise<Row<M>[]>;
  /** @throws AppError `already_exists`, `invalid_input` for what the table's constraints refuse */
  insert<M extends Model>(model: M, values: Partial<Row<M>>, scope: Scope): Promise<Row<M>>;
  /** @throws AppError as `insert`, and `precondition_failed` */
  update<M extends Model>(
    model: M,
    id: string,
    values: Partial<Row<M>>,
    scope: Scope,
    options?: WriteOptions<M>,
  ): Promise<Row<M> | undefined>;
  /** @throws AppError `in_use` when other rows refer to it, and `precondition_failed` */
  remove<M extends Model>(model: M, id: string, scope: Scope, options?: WriteOptions<M>): Promise<boolean>;
  /** Runs several calls in one transaction; when the work throws, none of them happened. */
  transaction<T>(scope: Scope, work: (models: ModelTransaction) => Promise<T>): Promise<T>;
}

/** A store whose calls belong to one transaction. */
export interface ModelTransaction extends ModelStore {
  /** One statement of its own in the transaction, for what is no model. */
  query<Result = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    name?: string,
  ): Promise<{ readonly rows: Result[]; readonly rowCount: number }>;
  /** Runs a part of the transaction; when it throws, only that part is undone. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/** Whether a row still has the values it had, as far as both tell. */
export function isUnchanged(before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(before).every((key) => !Object.hasOwn(now, key) || JSON.stringify(before[key]) === JSON.stringify(now[key]));
}
