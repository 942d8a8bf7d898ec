import { useQuery } from '@tanstack/react-query';
import type { AdminModelDetail } from 'automate-client';
import { api } from '../../api.ts';
import { rowsKey } from './model.ts';
import { type ListSearch, toCountQuery } from './search.ts';

/** `2026`, `2026-12` or `2026-12-01` in words. */
export function dateInWords(date: string, language: string, month: 'long' | 'short' = 'long'): string {
  const [year = 0, monthOf, day] = date.split('-').map(Number);
  const at = new Date(year, (monthOf ?? 1) - 1, day ?? 1);
  if (monthOf === undefined) return String(year);
  const form = { month, year: 'numeric', ...(day !== undefined && { day: 'numeric' as const }) } as const;
  return new Intl.DateTimeFormat(language, form).format(at);
}

/** Counts by filter and by the calendar, as the list is narrowed now. */
export function useFacets(model: AdminModelDetail, search: ListSearch) {
  const query = toCountQuery(model, search);
  const date = search._date;
  // A day is shown among those of its month.
  const within = date === undefined ? undefined : date.slice(0, 7);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useQuery({
    queryKey: [...rowsKey(model), 'facets', query, within],
    queryFn: ({ signal }) =>
      api.adminFacets.get(model.app, model.model, { query, time_zone: zone, ...(within && { within }) }, { signal }),
    placeholderData: (before) => before,
    staleTime: 10_000,
  });
}
