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

/** What an address says about its texts; what it does not say rightly, it does not say. */
export function textsOf<Name extends string>(
  given: Record<string, unknown>,
  names: readonly Name[],
): { readonly [N in Name]?: string } {
  const entries = names.flatMap((name) => {
    const value = given[name];
    // The router reads what looks like a number as one.
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' && text.length <= 200 ? [[name, text]] : [];
  });
  return Object.fromEntries(entries) as { readonly [N in Name]?: string };
}

/** One of some, if it is one of them. */
export function oneOf<Value extends string>(value: unknown, values: readonly Value[]): Value | undefined {
  return values.find((one) => one === value);
}
