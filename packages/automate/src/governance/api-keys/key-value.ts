import { createHash, randomBytes } from 'node:crypto';

/** `secret` keys call the API as whoever they stand for; `embed` keys are public in a web page and can only ask what is embedded there. */
export const keyKinds = ['secret', 'embed'] as const;
export type KeyKind = (typeof keyKinds)[number];

const PREFIXES: Readonly<Record<KeyKind, string>> = { secret: 'ak_live_', embed: 'ek_live_' };
const GENERATED = /^(?:ak|ek)_live_[0-9a-f]{8}_/;

/** `ak_live_<8 characters to tell it by>_<256 random bits>`. @param prefix that of the value it takes the place of */
export function newKeyValue(kind: KeyKind, prefix = `${PREFIXES[kind]}${randomBytes(4).toString('hex')}`): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** Enough to tell one of our keys from another; of a value that was given, hardly anything, since it may be short. */
export function prefixOf(value: string): string {
  return GENERATED.test(value) ? value.slice(0, 16) : `${value.slice(0, 3)}…`;
}

/** SHA-256: keys hold 256 random bits, so a fast hash is enough; the database compares it, so timing tells nothing about the key. */
export function hashOf(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
