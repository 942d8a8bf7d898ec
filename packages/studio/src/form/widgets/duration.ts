/** Units of ISO 8601 durations that have one length each, as far as clocks go. */
export const durationUnits = ['S', 'M', 'H', 'D', 'W'] as const;
export type DurationUnit = (typeof durationUnits)[number];

/** @example readDuration('PT30M') // { amount: '30', unit: 'M' } */
export function readDuration(text: string): { amount: string; unit: DurationUnit } | undefined {
  const match = /^P(?:(\d+(?:\.\d+)?)([DW])|T(\d+(?:\.\d+)?)([HMS]))$/.exec(text);
  if (!match) return undefined;
  return { amount: match[1] ?? match[3] ?? '', unit: (match[2] ?? match[4]) as DurationUnit };
}

export function writeDuration(amount: string, unit: DurationUnit): string {
  return unit === 'D' || unit === 'W' ? `P${amount}${unit}` : `PT${amount}${unit}`;
}
