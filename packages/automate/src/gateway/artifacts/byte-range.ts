import type { ByteRange } from './artifact-store.ts';

/**
 * The part that a `Range` asks for (RFC 9110, 14.2): undefined is the whole, which is also the answer to what cannot be read and to several
 * parts; null where there is no such part.
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | null | undefined {
  const match = /^bytes=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '')
    return Number(last) === 0 || bytes === 0 ? null : { start: Math.max(0, bytes - Number(last)), end: bytes - 1 };
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start < bytes ? { start, end } : null;
}

/** Whether the part is of what the client has the rest of (RFC 9110, 13.1.5): a date says too little. */
export function holdsStill(ifRange: string | undefined, tag: string): boolean {
  return ifRange === undefined || ifRange.trim() === tag;
}
