import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to, and what is open. */
export interface KeysSearch {
  readonly q?: string;
  readonly state?: 'revoked' | 'all';
  readonly open?: string;
  readonly new?: 'key';
}

/** What an address does not say rightly, it does not say. */
export function readKeysSearch(given: Record<string, unknown>): KeysSearch {
  const state = oneOf(given.state, ['revoked', 'all']);
  const made = oneOf(given.new, ['key']);
  return { ...textsOf(given, ['q', 'open']), ...(state && { state }), ...(made && { new: made }) };
}
