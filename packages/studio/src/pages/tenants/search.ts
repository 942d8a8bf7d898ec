import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to, and what is open. */
export interface TenantsSearch {
  readonly q?: string;
  readonly open?: string;
  readonly new?: 'tenant';
}

/** What an address does not say rightly, it does not say. */
export function readTenantsSearch(given: Record<string, unknown>): TenantsSearch {
  const made = oneOf(given.new, ['tenant']);
  return { ...textsOf(given, ['q', 'open']), ...(made && { new: made }) };
}
