import { oneOf, textsOf } from '../../data/search.ts';

export const scopes = ['tenant', 'endpoint', 'api_key'] as const;
export const periods = ['minute', 'hour', 'day', 'week', 'month', 'total'] as const;
export const metrics = ['usd', 'tokens', 'requests'] as const;
export type Scope = (typeof scopes)[number];
export type Period = (typeof periods)[number];
export type Metric = (typeof metrics)[number];

/** What the list is narrowed to, and what is open. */
export interface BudgetsSearch {
  readonly q?: string;
  readonly scope?: Scope;
  readonly open?: string;
  readonly new?: 'budget';
}

export function readBudgetsSearch(given: Record<string, unknown>): BudgetsSearch {
  const scope = oneOf(given.scope, scopes);
  const made = oneOf(given.new, ['budget']);
  return { ...textsOf(given, ['q', 'open']), ...(scope && { scope }), ...(made && { new: made }) };
}
