import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to, and what is open. */
export interface SecretsSearch {
  readonly q?: string;
  readonly tab?: 'master-keys';
  readonly open?: string;
  readonly new?: 'secret';
}

/** What an address does not say rightly, it does not say. */
export function readSecretsSearch(given: Record<string, unknown>): SecretsSearch {
  const tab = oneOf(given.tab, ['master-keys']);
  const made = oneOf(given.new, ['secret']);
  return { ...textsOf(given, ['q', 'open']), ...(tab && { tab }), ...(made && { new: made }) };
}
