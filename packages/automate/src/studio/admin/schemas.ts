import { z } from 'zod';
import { AnyJson } from '../../engine/index.ts';
import { filterOperators } from '../../kernel/index.ts';
import { FieldDescription } from '../schema/schemas.ts';

const Label = z.object({ en: z.string(), it: z.string().optional() }).meta({ id: 'AdminLabel' });
const Schema = z.record(z.string(), AnyJson).describe('JSON Schema, whole in itself');

const Can = z
  .object({
    create: z.boolean(),
    update: z.boolean(),
    delete: z.boolean(),
    export: z.boolean(),
    import: z.boolean(),
    history: z.boolean().describe('Whether you may read the audit record'),
  })
  .meta({ id: 'AdminCan' });

const summary = {
  app: z.string(),
  model: z.string().describe('As in addresses: the name in small letters'),
  name: z.string(),
  verbose_name: z.string(),
  group: Label,
  icon: z.string().nullable(),
  path: z.string().describe('Path of its list in the API, below the base path'),
  can: Can,
};

export const AdminEntry = z.object(summary).meta({ id: 'AdminEntry' });
export type AdminEntry = z.output<typeof AdminEntry>;
export const AdminIndex = z.object({ models: z.array(AdminEntry) }).meta({ id: 'AdminIndex' });

export const AdminFilter = z
  .object({
    parameter: z.string(),
    column: z.string(),
    label: z.string(),
    operator: z.enum(filterOperators),
    type: FieldDescription.shape.type,
    format: z.string().nullable(),
    choices: z.array(AnyJson).nullable(),
    relation: z.string().nullable().describe('`app/model` whose id it takes'),
    is_counted: z.boolean().describe('Whether its values have counts'),
  })
  .meta({ id: 'AdminFilter' });
export type AdminFilter = z.output<typeof AdminFilter>;

export const AdminActionEntry = z
  .object({
    name: z.string(),
    label: Label,
    path: z.string().describe('With `{id}` for the row'),
    is_dangerous: z.boolean(),
  })
  .meta({ id: 'AdminAction' });

const Inline = z
  .object({ model: z.string().describe('`app/model`'), column: z.string(), title: Label, list: z.array(z.string()) })
  .meta({ id: 'AdminInline' });

export const AdminModelDetail = z
  .object({
    ...summary,
    title_field: z.string(),
    fields: z.array(FieldDescription).describe('What goes out of a row'),
    list: z.array(z.string()),
    editable: z.array(z.string()),
    readonly: z.array(z.string()),
    redacted: z.array(z.string()),
    ordering: z.object({ columns: z.array(z.string()), default: z.string() }),
    search: z.object({ columns: z.array(z.string()), hint: Label.nullable() }).nullable(),
    filters: z.array(AdminFilter),
    date: z
      .object({ column: z.string(), after: z.string(), before: z.string(), is_counted: z.boolean() })
      .nullable()
      .describe('Column by whose calendar the list is walked, and the two filters of its range'),
    detail: z.string().nullable().describe('Path of one row, with `{id}`'),
    create: Schema.nullable().describe('What a POST takes'),
    update: Schema.nullable().describe('What a change takes'),
    update_method: z.enum(['PUT', 'PATCH']).nullable(),
    actions: z.array(AdminActionEntry),
    test: AdminActionEntry.nullable(),
    groups: z.array(z.object({ title: Label, fields: z.array(z.string()) })),
    inlines: z.array(Inline),
    audit_target: z.string().describe('Its type in the audit record'),
  })
  .meta({ id: 'AdminModelDetail' });
export type AdminModelDetail = z.output<typeof AdminModelDetail>;

const Count = z.object({ value: z.string().nullable().describe('As the filter takes it; null for none'), count: z.int() });
export const AdminFacets = z
  .object({
    facets: z.array(
      z.object({
        parameter: z.string(),
        values: z.array(Count),
        is_complete: z.boolean().describe('False when there are more rows or values than were looked at'),
      }),
    ),
    dates: z
      .object({
        unit: z.enum(['year', 'month', 'day']),
        values: z.array(Count),
        is_complete: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'AdminFacets' });

const MAXIMUM_QUERY = 4_000;
export const FacetsQuery = z.object({
  query: z.string().max(MAXIMUM_QUERY).optional().describe('The query of the list: its filters and its search'),
  within: z
    .string()
    .regex(/^\d{4}(-\d{2})?$/, 'must be a year or a month')
    .optional()
    .describe('Year or month whose parts are counted, such as `2026-12`'),
  time_zone: z.string().max(64).refine(isTimeZone, 'is no time zone').optional().describe('Of the calendar. Default: `UTC`'),
});

export const MAXIMUM_NAMES = 100;
export const NamesQuery = z.object({ ids: z.array(z.string().max(100)).min(1).max(MAXIMUM_NAMES) });
export const AdminNames = z
  .object({ results: z.array(z.object({ id: z.string(), name: z.string() })) })
  .meta({ id: 'AdminNames' });

export const RelatedQuery = z.object({ id: z.string().max(100) });
export const AdminRelated = z
  .object({
    results: z.array(
      z.object({
        app: z.string(),
        model: z.string(),
        verbose_name: z.string(),
        column: z.string(),
        parameter: z.string().nullable().describe('Filter of its list that finds them'),
        count: z.int(),
        is_complete: z.boolean(),
        on_delete: z
          .enum(['cascade', 'refuse', 'clear', 'none'])
          .describe('They go with it; keep it from going; lose the reference; are not looked at'),
      }),
    ),
  })
  .meta({ id: 'AdminRelated' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
