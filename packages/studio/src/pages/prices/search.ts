import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to, which model is open, and which one a price is set for. */
export interface PricesSearch {
  readonly q?: string;
  readonly book?: string;
  readonly tab?: 'own';
  /** `vendor/model`. */
  readonly open?: string;
  readonly new?: 'price';
  readonly model?: string;
}

export function readPricesSearch(given: Record<string, unknown>): PricesSearch {
  const tab = oneOf(given.tab, ['own']);
  const made = oneOf(given.new, ['price']);
  return { ...textsOf(given, ['q', 'book', 'open', 'model']), ...(tab && { tab }), ...(made && { new: made }) };
}
