import { oneOf } from '../../data/search.ts';

const DAY = 86_400_000;

export const spendPeriods = { day: DAY, week: 7 * DAY, month: 30 * DAY, quarter: 90 * DAY, year: 365 * DAY } as const;
export type SpendPeriod = keyof typeof spendPeriods;
export const spendPeriodNames = Object.keys(spendPeriods) as SpendPeriod[];

export const spendBy = ['endpoint', 'provider', 'model', 'api_key', 'prompt'] as const;
export type SpendBy = (typeof spendBy)[number];

/** How far back it looks, a month unless said, and what spend is told by, endpoints unless said. */
export interface SpendSearch {
  readonly within?: SpendPeriod;
  readonly by?: SpendBy;
}

export function readSpendSearch(given: Record<string, unknown>): SpendSearch {
  const within = oneOf(given.within, spendPeriodNames);
  const by = oneOf(given.by, spendBy);
  return { ...(within && within !== 'month' && { within }), ...(by && by !== 'endpoint' && { by }) };
}
