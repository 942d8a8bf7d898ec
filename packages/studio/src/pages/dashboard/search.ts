export const periods = ['hour', 'day', 'week'] as const;
export type Within = (typeof periods)[number];

/** What the dashboard looks back over; the address says so, unless it is a day. */
export interface DashboardSearch {
  readonly within?: Within;
}

export function readDashboardSearch({ within }: Record<string, unknown>): DashboardSearch {
  const given = periods.find((period) => period === within);
  return given && given !== 'day' ? { within: given } : {};
}
