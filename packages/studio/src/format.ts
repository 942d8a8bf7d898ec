import type { Dictionary } from './text/en.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 31 ms, 0.78 s, 12.4 s, 19 m 8 s, 3 h 2 m, 4 d 1 h. */
export function duration(milliseconds: number): string {
  const ms = Math.max(milliseconds, 0);
  if (ms < 1_000) return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / SECOND).toFixed(2)} s`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(ms < 10 * SECOND ? 2 : 1)} s`;
  if (ms < HOUR) return pair(ms, [MINUTE, 'm'], [SECOND, 's']);
  return ms < DAY ? pair(ms, [HOUR, 'h'], [MINUTE, 'm']) : pair(ms, [DAY, 'd'], [HOUR, 'h']);
}

function pair(ms: number, [large, name]: readonly [number, string], [small, rest]: readonly [number, string]): string {
  const whole = Math.floor(ms / large);
  const left = Math.floor((ms % large) / small);
  return left === 0 ? `${whole} ${name}` : `${whole} ${name} ${left} ${rest}`;
}

/** How long ago, or how soon: one unit. */
export function distance(time: number, now: number, text: Dictionary): string {
  const away = Math.abs(now - time);
  if (away < SECOND) return text.time.now;
  const units = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'm'],
    [SECOND, 's'],
  ] as const;
  const [size, name] = units.find(([unit]) => away >= unit) ?? [SECOND, 's'];
  const words = `${Math.floor(away / size)} ${name}`;
  return time <= now ? text.time.ago(words) : text.time.in(words);
}

/** Each row of a list says a time, and these are dear to make. */
const exact = new Map<string, Intl.DateTimeFormat>();

/** With the seconds, in the person's own zone. */
export function exactTime(time: string | number, language: string): string {
  const known = exact.get(language) ?? new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  exact.set(language, known);
  return known.format(new Date(time));
}

/** The first signs of a UUIDv7 are its time, so the last ones tell two apart. */
export function shortId(id: string): string {
  return id.length > 9 ? `…${id.slice(-8)}` : id;
}

export function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${Math.round(bytes / 1_024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
