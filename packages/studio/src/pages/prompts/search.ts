import { oneOf, textsOf } from '../../data/search.ts';

const orders = ['name', '-name', 'updated_at', '-updated_at'] as const;

/** What the list is narrowed to, and what is open. All of it stands in the address. */
export interface PromptsSearch {
  readonly q?: string;
  readonly order?: (typeof orders)[number];
  /** Whether the dialog that makes one is open. */
  readonly new?: 'prompt';
}

/** What an address does not say rightly, it does not say. */
export function readPromptsSearch(given: Record<string, unknown>): PromptsSearch {
  const order = oneOf(given.order, orders);
  const made = oneOf(given.new, ['prompt']);
  return { ...textsOf(given, ['q']), ...(order && { order }), ...(made && { new: made }) };
}
