import { textsOf } from '../../data/search.ts';

/** What is searched for, which provider is open, and which is made: its kind, or `kind` while one is chosen. */
export interface ProvidersSearch {
  readonly q?: string;
  readonly open?: string;
  readonly new?: string;
}

/** What an address does not say rightly, it does not say. */
export function readProvidersSearch(given: Record<string, unknown>): ProvidersSearch {
  return textsOf(given, ['q', 'open', 'new']);
}
