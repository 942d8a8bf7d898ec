/** PostgreSQL type OIDs whose text form both drivers turn into the same JavaScript value. */
export const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  20: toInteger, // int8: counters and sizes, all below 2^53; a host's own may be larger
  1184: toIso, // timestamptz, stored with milliseconds
  1114: (text) => toIso(`${text}Z`),
  1082: (text) => text, // date
  1700: (text) => text, // numeric: exact, so it stays text
};

function toIso(text: string): string {
  // '2026-11-23 19:08:37.123+00' is what PostgreSQL sends in ISO date style.
  return new Date(`${text.replace(' ', 'T')}${/[+-]\d\d$/.test(text) ? ':00' : ''}`).toISOString();
}

/** A number where it is one in JavaScript; else it stays text, as `numeric` does, so that it is what was stored. */
function toInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}
