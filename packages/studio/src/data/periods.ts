const HOUR = 3_600_000;
const MINUTE = 60_000;

/** How far back a list looks. */
export const periods = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR } as const;
export type Period = keyof typeof periods;
export const periodNames = Object.keys(periods) as Period[];

/** When a period that ends now began: at a full minute, so that the same question is asked again. */
export function beginOf(period: Period, now: number): Date {
  return new Date(Math.floor((now - periods[period]) / MINUTE) * MINUTE);
}
