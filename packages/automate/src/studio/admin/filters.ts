import type { z } from 'zod';
import { sentenceCase } from '../schema/describe-model.ts';
import type { FieldDescription } from '../schema/schemas.ts';
import type { AdminFilter, AdminModelDetail } from './schemas.ts';
import type { Served } from './served.ts';

type Features = ReturnType<Served['view']['getListFeatures']>;

interface Choice<Wanted> {
  readonly wanted: Wanted;
  /** Whether whoever asks may look into a column. */
  open(column: string): boolean;
  /** Whether they may look into what is hidden, by filters that say themselves whether they do. */
  readonly mayReadRaw: boolean;
  readonly isPlain: boolean;
}

/** The filters that are offered, in their order; not those that would tell what is hidden. */
export function adminFilters(
  { filters }: Features,
  fields: readonly FieldDescription[],
  { wanted, open, mayReadRaw, isPlain }: Choice<readonly string[] | undefined>,
): z.input<typeof AdminFilter>[] {
  const names = wanted?.filter((name) => Object.hasOwn(filters, name)) ?? Object.keys(filters);
  return names.flatMap((parameter) => {
    const filter = filters[parameter];
    if (!filter || (filter.isRaw === undefined ? !open(filter.column) : filter.isRaw && !mayReadRaw)) return [];
    const field = fields.find(({ name }) => name === filter.column);
    const { column, operator } = filter;
    const choices = field?.type === 'boolean' ? [true, false] : (field?.choices ?? null);
    const relation = field?.relation ? `${field.relation.app_label}/${field.relation.model}`.toLowerCase() : null;
    return [
      {
        parameter,
        column,
        label: field?.verbose_name ?? sentenceCase(parameter),
        operator,
        type: field?.type ?? 'string',
        format: field?.format ?? null,
        choices: choices && [...choices],
        relation,
        is_counted: isPlain && isCounted({ operator, field }),
      },
    ];
  });
}

/** What has few values is worth counting: ids and moments have as many as there are rows. */
export function isCounted({ operator, field }: { operator: string; field: FieldDescription | undefined }): boolean {
  if (operator === 'is_null') return true;
  if (operator !== 'exact' || !field || ['array', 'object', 'json'].includes(field.type)) return false;
  return field.choices !== undefined || field.type === 'boolean' || field.relation !== undefined || field.format === undefined;
}

/** Column by whose calendar the list is walked. */
export function dateColumn(
  { filters }: Features,
  { wanted = 'created_at', open, isPlain }: Choice<string | null | undefined>,
): AdminModelDetail['date'] {
  if (wanted === null || !open(wanted)) return null;
  const find = (operator: string) =>
    Object.entries(filters).find(([, filter]) => filter.column === wanted && filter.operator === operator)?.[0];
  const [after, before] = [find('gte'), find('lt')];
  return after !== undefined && before !== undefined ? { column: wanted, after, before, is_counted: isPlain } : null;
}
