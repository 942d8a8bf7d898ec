import { isWordUnit } from '../text/characters.ts';
import type { Finder, Found } from './finder.ts';

const MAXIMUM_LOCAL = 64;
const MAXIMUM_DOMAIN = 255;
/** Most characters of an address. */
export const MAXIMUM_EMAIL = MAXIMUM_LOCAL + 1 + MAXIMUM_DOMAIN;

/** Finds e-mail addresses by their `@`, so that no text makes it look at a character more than a few times. */
export const findEmail: Finder = (text, from) => {
  for (let at = text.indexOf('@', from); at !== -1; at = text.indexOf('@', at + 1)) {
    const found = emailAround(text, at, from);
    if (found) return found;
  }
  return undefined;
};

function emailAround(text: string, at: number, from: number): Found | undefined {
  const earliest = Math.max(from, at - MAXIMUM_LOCAL);
  let start = at;
  while (start > earliest && isLocal(text.charCodeAt(start - 1))) start -= 1;
  start = afterEscape(text, start, at);
  while (start < at && !isWordUnit(text.charCodeAt(start))) start += 1;
  if (start === at || text.charCodeAt(at - 1) === DOT) return undefined;
  const end = endOfDomain(text, at + 1);
  return end === undefined ? undefined : { start, end };
}

/** Where a domain of two labels or more ends that begins here. */
function endOfDomain(text: string, start: number): number | undefined {
  const latest = Math.min(text.length, start + MAXIMUM_DOMAIN);
  let end: number | undefined;
  let label = start;
  for (let at = start; at <= latest; at += 1) {
    const unit = at < latest ? text.charCodeAt(at) : 0;
    if (isWordUnit(unit) || unit === HYPHEN) continue;
    if (at === label || text.charCodeAt(label) === HYPHEN) break;
    let last = at;
    while (text.charCodeAt(last - 1) === HYPHEN) last -= 1;
    if (label > start && isTop(text, label, last)) end = last;
    if (unit !== DOT || last < at) break;
    label = at + 1;
  }
  return end;
}

/** Whether a label can be the last one of a domain: it is no number. */
function isTop(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  return end - start >= 2 && !(first >= 48 && first <= 57);
}

/** In JSON within JSON an address can follow `\n` or `\u003c`, whose letters are none of it. */
function afterEscape(text: string, start: number, at: number): number {
  if (text.charCodeAt(start - 1) !== BACKSLASH) return start;
  const unicode = /^u[\da-f]{4}/.exec(text.slice(start, start + 5));
  const length = unicode ? 5 : 'nrtbf'.includes(text.charAt(start)) ? 1 : 0;
  return start + length < at ? start + length : start;
}

function isLocal(unit: number): boolean {
  return isWordUnit(unit) || unit === DOT || unit === HYPHEN || unit === PLUS || unit === PERCENT;
}

const DOT = 0x2e;
const HYPHEN = 0x2d;
const PLUS = 0x2b;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
