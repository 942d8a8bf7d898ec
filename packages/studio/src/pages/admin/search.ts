import type { AdminModelDetail } from 'automate-client';

type Value = string | number | boolean;

/** What a list is narrowed to and how it is ordered. All of it stands in the address: filters under their own names. */
export interface ListSearch {
  readonly search?: string;
  readonly ordering?: string;
  /** Year, month or day of the calendar. */
  readonly _date?: string;
  readonly [filter: string]: Value | undefined;
}

const DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** What an address does not say rightly, it does not say; whether a filter is one, the model tells. */
export function readListSearch(given: Record<string, unknown>): ListSearch {
  const { _date: date, ...rest } = given;
  const plain = Object.entries(rest).filter(
    (entry): entry is [string, Value] => ['string', 'number', 'boolean'].includes(typeof entry[1]) && entry[1] !== '',
  );
  const when = typeof date === 'number' ? String(date) : date;
  return { ...Object.fromEntries(plain), ...(typeof when === 'string' && DATE.test(when) && { _date: when }) };
}

/** The filters of an address that the model has. */
export function filtersOf(model: AdminModelDetail, search: ListSearch): Record<string, string> {
  const known = model.filters.filter(({ parameter }) => search[parameter] !== undefined);
  return Object.fromEntries(known.map(({ parameter }) => [parameter, String(search[parameter])]));
}

/** The same as the list of the API asks for it. */
export function toListQuery(model: AdminModelDetail, search: ListSearch): Record<string, string> {
  const ordering = search.ordering === undefined ? undefined : String(search.ordering);
  const isKnown = ordering !== undefined && model.ordering.columns.includes(ordering.replace(/^-/, ''));
  return {
    ...filtersOf(model, search),
    ...(model.search && search.search !== undefined && { search: String(search.search) }),
    ...(isKnown && { ordering }),
    ...(model.date && search._date && rangeOf(model.date, search._date)),
  };
}

/** Without what orders it: what is counted. */
export function toCountQuery(model: AdminModelDetail, search: ListSearch): string {
  const { ordering: _, ...query } = toListQuery(model, { ...search, _date: '' });
  return new URLSearchParams(query).toString();
}

/** A year, month or day in the zone of whoever looks. */
function rangeOf({ after, before }: NonNullable<AdminModelDetail['date']>, date: string): Record<string, string> {
  const [year = 0, month, day] = date.split('-').map(Number);
  const start = new Date(year, (month ?? 1) - 1, day ?? 1);
  const end = new Date(year, (month ?? 1) - 1, day ?? 1);
  if (day !== undefined) end.setDate(end.getDate() + 1);
  else if (month !== undefined) end.setMonth(end.getMonth() + 1);
  else end.setFullYear(end.getFullYear() + 1);
  return { [after]: start.toISOString(), [before]: end.toISOString() };
}
