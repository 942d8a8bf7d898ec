import { z } from 'zod';
import { DateTime } from './schemas.ts';

export const filterOperators = ['exact', 'in', 'gte', 'lte', 'lt', 'contains', 'is_null', 'related', 'member'] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** One query parameter of a list: the column it looks at, and how. */
export interface FilterDefinition<Column extends string = string> {
  readonly column: Column;
  readonly operator: FilterOperator;
  /** Validates one value of the query parameter. */
  readonly schema: z.ZodType;
  /** Whether it looks into what is shown redacted. Default: whether the model says so of the column. */
  readonly isRaw?: boolean;
}

/** Value of the operator `related`: the row that the column names, in another table, whose JSON column contains this. */
export interface RelatedValue {
  readonly table: string;
  readonly column: string;
  readonly contains: unknown;
}

/** Value of the operator `member`: the JSON column holds an object whose member is this text. */
export interface MemberValue {
  readonly member: string;
  readonly equals: string;
}

/**
 * Filters by a text within a column of JSON.
 * @example error_code: memberFilter('error', 'code', z.string().max(100))
 */
export function memberFilter(column: string, member: string, schema: z.ZodType<string>): FilterDefinition {
  return {
    column,
    operator: 'member',
    schema: schema.transform((equals): MemberValue => ({ member, equals })),
  };
}

/** A filter with its value. */
export interface Filter {
  readonly column: string;
  readonly operator: FilterOperator;
  readonly value: unknown;
}

/**
 * What a column can be filtered by: `exact` (`?status=`), `in` (`?status_in=a,b`), `range` (`?priority_min=`, `?priority_max=`, or
 * for moments `?created_after=`, `?created_before=`), `contains` (`?name_contains=`, any case), `null` (`?archived_at_is_null=`).
 */
export type FilterKind = 'exact' | 'in' | 'range' | 'contains' | 'null';

/** Names of a schema's fields. */
export type FieldOf<Schema extends z.ZodObject> = keyof Schema['shape'] & string;

export type FilterSet = Readonly<Record<string, FilterDefinition>>;

/**
 * Declares the filters of a list from the schema of its rows: names, kinds and value types come from it.
 * @throws TypeError for a kind that makes no sense for the column, such as `contains` on a number, and for two filters of one name.
 * @example
 * filters: filterBy(Note, { status: ['exact', 'in'], created_at: ['range'], title: ['contains'], archived_at: ['null'] })
 */
export function filterBy<Schema extends z.ZodObject>(
  schema: Schema,
  wanted: { readonly [Column in FieldOf<Schema>]?: readonly FilterKind[] },
): FilterSet {
  const filters: Record<string, FilterDefinition> = {};
  for (const [column, kinds] of Object.entries(wanted) as [string, readonly FilterKind[]][]) {
    const field = bare(schema.shape[column] as z.ZodType);
    for (const [name, filter] of kinds.flatMap((kind) => Object.entries(filtersOf(column, kind, field)))) {
      const other = Object.hasOwn(filters, name) ? filters[name] : undefined;
      if (other && (other.column !== filter.column || other.operator !== filter.operator))
        throw new TypeError(`The parameter "${name}" would filter "${other.column}" and "${column}": name one of them by hand.`);
      filters[name] = filter;
    }
  }
  return filters;
}

/** What a field holds when it holds something. */
function bare(schema: z.ZodType): z.ZodType {
  const { def } = schema as unknown as { def: { type: string; innerType?: z.ZodType } };
  return def.innerType && WRAPPERS.has(def.type) ? bare(def.innerType) : schema;
}

const WRAPPERS = new Set(['optional', 'nullable', 'default', 'prefault', 'readonly', 'catch', 'nonoptional']);

function filtersOf(column: string, kind: FilterKind, field: z.ZodType): Record<string, FilterDefinition> {
  const isMoment = field instanceof z.ZodISODateTime;
  const schema = isMoment ? DateTime : field;
  switch (kind) {
    case 'exact':
      return { [column]: { column, operator: 'exact', schema } };
    case 'in':
      return { [`${column}_in`]: { column, operator: 'in', schema } };
    case 'null':
      return { [`${column}_is_null`]: { column, operator: 'is_null', schema: z.boolean() } };
    case 'contains':
      if (!(field instanceof z.ZodString))
        throw new TypeError(`"${column}" is not a text, so it cannot be filtered by what it contains.`);
      return { [`${column}_contains`]: { column, operator: 'contains', schema: z.string().min(1).max(200) } };
    case 'range': {
      if (isMoment) {
        const name = column.replace(/_at$/, '');
        return {
          [`${name}_after`]: { column, operator: 'gte', schema },
          [`${name}_before`]: { column, operator: 'lt', schema },
        };
      }
      return { [`${column}_min`]: { column, operator: 'gte', schema }, [`${column}_max`]: { column, operator: 'lte', schema } };
    }
  }
}
