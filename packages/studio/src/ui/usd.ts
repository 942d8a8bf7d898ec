/** Dollars as the API tells them, as people read them: two digits that count below a cent; what is not known is no 0. */
export function usd(value: string | number | null | undefined, language: string): string {
  if (value === null || value === undefined) return '–';
  const dollars = Number(value);
  if (dollars === 0) return '$0';
  if (dollars < 0.000_001) return `$${dollars.toFixed(9).replace(/0+$/, '')}`;
  const digits = dollars < 0.01 ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${dollars.toLocaleString(language, digits)}`;
}
