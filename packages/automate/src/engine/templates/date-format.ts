import type { Allowance } from '../budget.ts';

/** A moment as the clocks of a place show it. */
export interface ShownDate {
  /** Its UTC fields are what the clocks there show. */
  readonly local: Date;
  /** Milliseconds since 1970. */
  readonly moment: number;
  /** Minutes east of UTC. */
  readonly offset: number;
  /** Name of the zone, if it was given by name. */
  readonly zone: string | undefined;
}

/**
 * Writes a date by the directives of `strftime`, as Ruby and LiquidJS know them, in English.
 * @example
 * formatDate(date, '%Y-%m-%d', budget); // '2026-01-31'
 */
export function formatDate(date: ShownDate, format: string, budget: Allowance): string {
  return format.replaceAll(DIRECTIVE, (directive, flags: string | undefined, width: string | undefined, code: string) =>
    write(date, { directive, flags: flags ?? '', width: Number(width ?? 0), code }, budget),
  );
}

const DIRECTIVE = /%([-_0^#:]+)?(\d+)?[EO]?(.)/gs;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WIDTHS: Readonly<Record<string, number>> = {
  C: 2,
  d: 2,
  e: 2,
  H: 2,
  I: 2,
  j: 3,
  k: 2,
  l: 2,
  L: 3,
  m: 2,
  M: 2,
  S: 2,
  U: 2,
  W: 2,
  y: 2,
  Y: 4,
};
const PADDED_BY_SPACES = new Set('aAbBceklpP');

interface Directive {
  readonly directive: string;
  readonly flags: string;
  readonly width: number;
  readonly code: string;
}

const fields: Readonly<Record<string, (date: ShownDate, options: Directive, budget: Allowance) => string | number>> = {
  a: ({ local }) => (WEEKDAYS[local.getUTCDay()] as string).slice(0, 3),
  A: ({ local }) => WEEKDAYS[local.getUTCDay()] as string,
  b: ({ local }) => (MONTHS[local.getUTCMonth()] as string).slice(0, 3),
  B: ({ local }) => MONTHS[local.getUTCMonth()] as string,
  c: (date, _options, budget) => formatDate(date, '%-m/%-d/%Y, %-I:%M:%S %p', budget),
  C: ({ local }) => Math.floor(local.getUTCFullYear() / 100),
  d: ({ local }) => local.getUTCDate(),
  e: ({ local }) => local.getUTCDate(),
  h: (date, options, budget) => (fields.b as (typeof fields)[string])(date, options, budget),
  H: ({ local }) => local.getUTCHours(),
  I: ({ local }) => local.getUTCHours() % 12 || 12,
  j: ({ local }) => dayOfYear(local),
  k: ({ local }) => local.getUTCHours(),
  l: ({ local }) => local.getUTCHours() % 12 || 12,
  L: ({ local }) => local.getUTCMilliseconds(),
  m: ({ local }) => local.getUTCMonth() + 1,
  M: ({ local }) => local.getUTCMinutes(),
  N: ({ local }, { width }, budget) => {
    budget.use(width);
    const digits = String(local.getUTCMilliseconds()).padStart(3, '0');
    return digits.slice(0, width || 9).padEnd(width || 9, '0');
  },
  p: ({ local }) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: ({ local }) => (local.getUTCHours() < 12 ? 'am' : 'pm'),
  q: ({ local }) => ordinal(local.getUTCDate()),
  s: ({ moment }) => Math.floor(moment / 1_000),
  S: ({ local }) => local.getUTCSeconds(),
  u: ({ local }) => local.getUTCDay() || 7,
  U: ({ local }) => weekOfYear(local, 0),
  w: ({ local }) => local.getUTCDay(),
  W: ({ local }) => weekOfYear(local, 1),
  x: (date, _options, budget) => formatDate(date, '%-m/%-d/%Y', budget),
  X: (date, _options, budget) => formatDate(date, '%-I:%M:%S %p', budget),
  y: ({ local }) => ((local.getUTCFullYear() % 100) + 100) % 100,
  Y: ({ local }) => local.getUTCFullYear(),
  z: offset,
  Z: (date, options) => date.zone ?? offset(date, options),
  t: () => '\t',
  n: () => '\n',
  '%': () => '%',
};

function write(date: ShownDate, options: Directive, budget: Allowance): string {
  const { directive, flags, width, code } = options;
  const field = Object.hasOwn(fields, code) ? fields[code] : undefined;
  if (!field) return directive;
  const text = inCase(String(field(date, options, budget)), flags);
  const length = flags.includes('-') ? 0 : width || (WIDTHS[code] ?? 0);
  budget.use(length);
  const isSpaced = flags.includes('_') || (PADDED_BY_SPACES.has(code) && !flags.includes('0'));
  if (isSpaced) return text.padStart(length, ' ');
  return text.startsWith('-') ? `-${text.slice(1).padStart(length - 1, '0')}` : text.padStart(length, '0');
}

function inCase(text: string, flags: string): string {
  if (flags.includes('^')) return text.toUpperCase();
  if (!flags.includes('#')) return text;
  return /[a-z]/.test(text) ? text.toUpperCase() : text.toLowerCase();
}

function offset({ offset: minutes }: ShownDate, { flags }: Directive): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${flags.includes(':') ? ':' : ''}${two(size % 60)}`;
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

function dayOfYear(local: Date): number {
  const start = new Date(0);
  start.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return Math.floor((local.getTime() - start.getTime()) / 86_400_000) + 1;
}

/** Days before the first start of a week belong to week 0. */
function weekOfYear(local: Date, firstDay: number): number {
  const daysSinceStart = (local.getUTCDay() - firstDay + 7) % 7;
  return Math.floor((dayOfYear(local) - 1 - daysSinceStart + 7) / 7);
}
