/** Nano-dollars as dollars in decimal digits; null where no price is known. @example usdOf(1_500_000) // '0.0015' */
export function usdOf(nanos: number | bigint | null): string | null {
  if (nanos === null) return null;
  const digits = BigInt(nanos).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -9) : `${digits.slice(0, -9)}.${fraction}`;
}
