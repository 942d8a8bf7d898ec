import { z } from 'zod';
import { DateTime } from '../../kernel/index.ts';

/** The formats of texts that a schema may ask for. A date and time has a zone (RFC 3339), and its day is in the calendar. */
export const formats: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>(
  Object.entries({
    'date-time': DateTime,
    date: z.iso.date(),
    time: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i),
    duration: z.iso.duration(),
    email: z.email(),
    uri: z.url(),
    'uri-reference': z.url(),
    uuid: z.uuid(),
    guid: z.guid(),
    hostname: z.hostname(),
    ipv4: z.ipv4(),
    ipv6: z.ipv6(),
    mac: z.mac(),
    cidr: z.cidrv4(),
    'cidr-v6': z.cidrv6(),
    base64: z.base64(),
    base64url: z.base64url(),
    e164: z.e164(),
    iban: z.iban(),
    credit_card: z.creditCard(),
    jwt: z.jwt(),
    emoji: z.emoji(),
    nanoid: z.nanoid(),
    cuid: z.cuid(),
    cuid2: z.cuid2(),
    ulid: z.ulid(),
    xid: z.xid(),
    ksuid: z.ksuid(),
  }).map(([name, schema]) => [
    name,
    (text) => (name.startsWith('base64') || text.length <= MAXIMUM_LENGTH) && schema.safeParse(text).success,
  ]),
);

/** A longer text is none of these, and some of the expressions take the square of its length. */
const MAXIMUM_LENGTH = 2_000;
