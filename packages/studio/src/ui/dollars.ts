const NANOS = 1_000_000_000;

/** Billionths of a dollar as people read them: four digits below a cent, else two; what is not known is no 0. */
export function dollars(nanos: number | null | undefined): string {
  if (nanos === null || nanos === undefined) return '–';
  const value = nanos / NANOS;
  if (value === 0) return '$0';
  if (value < 0.000_1) return `$${value.toFixed(9).replace(/0+$/, '')}`;
  return value < 0.01
    ? `$${value.toFixed(4)}`
    : `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
