import { textsOf } from '../../data/search.ts';

/** What the list is narrowed to. All of it stands in the address. */
export interface DeadLettersSearch {
  readonly kind?: string;
  readonly error?: string;
}

/** What an address does not say rightly, it does not say. */
export function readDeadLettersSearch(given: Record<string, unknown>): DeadLettersSearch {
  return textsOf(given, ['kind', 'error']);
}
