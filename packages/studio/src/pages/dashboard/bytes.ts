const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 412 MB, 71 GB, 1.4 TB. */
export function bytes(count: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), UNITS.length - 1);
  const value = count / 1_024 ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
