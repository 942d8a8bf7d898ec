import { textsOf } from '../../data/search.ts';

export interface PolicySearch {
  /** Whose ceiling is shown, for staff. Without one: one's own tenant, and its own rules. */
  readonly tenant?: string;
}

/** What an address does not say rightly, it does not say. */
export function readPolicySearch(given: Record<string, unknown>): PolicySearch {
  return textsOf(given, ['tenant']);
}
