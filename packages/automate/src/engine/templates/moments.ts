import { renderingTime } from './time.ts';

/**
 * A moment that a template names, in milliseconds since 1970: `now`, `today`, seconds since 1970 as number or digits, ISO 8601, or a
 * date in English as mail headers and JavaScript write it. What says no zone is in UTC. Undefined for what is no date, such as 30 February.
 */
export function readMoment(value: unknown): number | undefined {
  if (typeof value === 'number') return inRange(value * 1_000);
  if (value instanceof Date) return inRange(value.getTime());
  if (typeof value !== 'string' || value.length > MAXIMUM_LENGTH) return undefined;
  const text = value.trim();
  if (text === 'now' || text === 'today') return renderingTime().getTime();
  if (/^\d+$/.test(text)) return inRange(Number(text) * 1_000);
  const parts = ISO.exec(text)?.groups ?? AMERICAN.exec(text)?.groups ?? ENGLISH.exec(text)?.groups;
  return parts && fromParts(parts);
}

const MAXIMUM_LENGTH = 100;
const TIME = '(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?)?';
const HALF = '(?: ?(?<half>am|pm))?';
const ZONE =
  '(?: ?(?<zone>Z|(?:UTC|GMT|UT)?[+-]\\d\\d:?\\d\\d|[+-]\\d\\d|UTC|GMT|UT|EST|EDT|CST|CDT|MST|MDT|PST|PDT)(?: \\([^()]*\\))?)?';
const ISO = new RegExp(`^(?<year>\\d{4})(?:[-/](?<month>\\d\\d?)(?:[-/](?<day>\\d\\d?)(?:(?:T| )${TIME}${ZONE})?)?)?$`, 'i');
const AMERICAN = new RegExp(`^(?<month>\\d\\d?)/(?<day>\\d\\d?)/(?<year>\\d{4})(?:,? ${TIME}${HALF}${ZONE})?$`, 'i');
const NAME = '(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const OTHER_NAME = NAME.replace('name', 'name2');
const ENGLISH = new RegExp(
  `^(?:[a-z]{3,9}\\.?,? )?(?:(?<day>\\d\\d?)[ -]${NAME}|${OTHER_NAME} (?<day2>\\d\\d?)(?:st|nd|rd|th)?),?[ -](?<year>\\d{4})(?:,? (?:at )?${TIME}${HALF}${ZONE})?$`,
  'i',
);
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** Hours from UTC (RFC 5322, 4.3). */
const NAMED_ZONES: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};

type Parts = Readonly<Record<string, string | undefined>>;

function fromParts(parts: Parts): number | undefined {
  const name = (parts.name ?? parts.name2)?.toLowerCase();
  const month = name === undefined ? Number(parts.month ?? 1) : MONTHS.indexOf(name) + 1;
  const [year, day] = [Number(parts.year), Number(parts.day ?? parts.day2 ?? 1)];
  const hour = hourOf(Number(parts.hour ?? 0), parts.half?.toLowerCase());
  const [minute, second] = [Number(parts.minute ?? 0), Number(parts.second ?? 0)];
  const milliseconds = Number((parts.fraction ?? '0').slice(0, 3).padEnd(3, '0'));
  if (month < 1 || month > 12 || hour === undefined || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (day < 1 || date.getUTCMonth() !== month - 1) return undefined;
  const offset = offsetOf(parts.zone?.toUpperCase());
  if (offset === undefined) return undefined;
  // A leap second is the one before it, as for POSIX.
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + Math.min(second, 59)) * 1_000 + milliseconds;
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour < 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

/** Minutes east of UTC. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return 0;
  const named = NAMED_ZONES[zone];
  if (named !== undefined) return named * 60;
  const [, sign, hours, minutes = '0'] = /([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (hours === undefined) return 0;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** As far as JavaScript's dates go. */
function inRange(milliseconds: number): number | undefined {
  return Math.abs(milliseconds) <= 8.64e15 ? milliseconds : undefined;
}
