/** The periods that a dashboard looks back over. */
export const periods = ['hour', 'day', 'week'] as const;
export type Period = (typeof periods)[number];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How a period is cut: history is counted by the part, and shown by the bar, which is a whole number of parts. */
export const cuts: Readonly<Record<Period, { readonly spanMs: number; readonly partMs: number; readonly barMs: number }>> = {
  hour: { spanMs: HOUR, partMs: MINUTE, barMs: 2 * MINUTE },
  day: { spanMs: 24 * HOUR, partMs: 10 * MINUTE, barMs: HOUR },
  week: { spanMs: 168 * HOUR, partMs: HOUR, barMs: 6 * HOUR },
};

/** Parts of a period that ends now, and of the one before, by their numbers since 1970; each range without its end. */
export interface Parts {
  readonly before: number;
  readonly first: number;
  readonly end: number;
}

/** A period begins with a whole part, so it is longer than its name by less than a part. */
export function partsOf(period: Period, now: number): Parts {
  const { spanMs, partMs } = cuts[period];
  const first = Math.floor((now - spanMs) / partMs);
  return { before: first - spanMs / partMs, first, end: Math.floor(now / partMs) + 1 };
}

/** Bars of a period, each from a time to another. The first and the last are cut off by the period. */
export function barsOf(period: Period, { first, end }: Parts): readonly { readonly first: number; readonly end: number }[] {
  const { partMs, barMs } = cuts[period];
  const perBar = barMs / partMs;
  const bars: { first: number; end: number }[] = [];
  for (let from = first; from < end; from = bars.at(-1)?.end ?? end) {
    bars.push({ first: from, end: Math.min((Math.floor(from / perBar) + 1) * perBar, end) });
  }
  return bars;
}
