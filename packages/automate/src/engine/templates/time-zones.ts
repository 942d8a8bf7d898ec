/** Where a moment is shown: so many minutes east of UTC. */
export interface Place {
  readonly offset: number;
  /** As it was named, for `%Z`; undefined for an offset. */
  readonly name: string | undefined;
}

/**
 * The place of a zone at a moment: a name of the IANA database, `+02:00`, or minutes west of UTC as JavaScript counts them.
 * @throws Error for a zone that is not known
 */
export function placeOf(zone: unknown, moment: number): Place {
  if (zone === undefined || zone === null || zone === '') return { offset: 0, name: undefined };
  if (typeof zone === 'number' || (typeof zone === 'string' && /^-?\d{1,4}$/.test(zone))) {
    const west = Number(zone);
    if (Number.isInteger(west) && Math.abs(west) < 1_440) return { offset: -west, name: undefined };
    throw new Error('a time zone is a name such as "Europe/Berlin", or minutes below a day');
  }
  const fixed = typeof zone === 'string' ? /^([+-])(\d\d):?(\d\d)$/.exec(zone) : null;
  if (fixed) return { offset: (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])), name: undefined };
  const name = String(zone);
  return { offset: offsetAt(formatOf(name), moment), name };
}

const formats = new Map<string, Intl.DateTimeFormat>();
const MAXIMUM_FORMATS = 100;

function formatOf(name: string): Intl.DateTimeFormat {
  const known = formats.get(name);
  if (known) return known;
  const format = create(name);
  if (formats.size >= MAXIMUM_FORMATS) formats.clear();
  formats.set(name, format);
  return format;
}

function create(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new Error(`the time zone "${name.slice(0, 50)}" is not known: use a name such as "Europe/Berlin"`);
  }
}

/** What the clocks there show, less what they show in UTC. */
function offsetAt(format: Intl.DateTimeFormat, moment: number): number {
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const shown = new Date(0);
  shown.setUTCFullYear(
    parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
  );
  shown.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return Math.round((shown.getTime() - Math.floor(moment / 1_000) * 1_000) / 60_000);
}
