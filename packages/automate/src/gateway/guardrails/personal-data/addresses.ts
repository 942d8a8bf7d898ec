import { isIPv4, isIPv6 } from 'node:net';
import { isWordEnd } from '../text/characters.ts';
import { byPattern } from './finder.ts';

/** Finds IPv4 addresses, not within longer rows of numbers. */
export const findIpv4 = byPattern(/\d{1,3}(?:\.\d{1,3}){3}/gu, (text, { start, end }) => {
  const isWhole = text[start - 1] !== '.' && isWordEnd(text, end) && !/^\.\d/.test(text.slice(end, end + 2));
  return isWhole && isIPv4(text.slice(start, end)) ? end : undefined;
});

const LONGEST = 45;

/** Finds IPv6 addresses, but for `::` and `a::b`, which are found in programs: others have a digit. */
export const findIpv6 = byPattern(/(?<![\da-f:.])[\da-f]{0,4}:[\da-f]{0,4}:[\da-f:.]{0,45}/gu, (text, { start, end: until }) => {
  let end = until;
  while (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':')) end -= 1;
  if (end - start > LONGEST || end - start < 3 || !isWordEnd(text, end)) return undefined;
  const address = text.slice(start, end);
  return /\d/.test(address) && isIPv6(address) ? end : undefined;
});
