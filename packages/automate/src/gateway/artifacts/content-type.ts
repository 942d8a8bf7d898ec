import { lookup } from 'mrmime';
import { artifactErrors } from './errors.ts';

/** Bytes of the beginning that are looked at. */
export const SNIFFED_BYTES = 512;

/** What browsers may show in place: they neither run it nor take it for a page. */
const SAFE_INLINE = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'audio/mpeg',
  'audio/mp4',
  'audio/wav',
  'audio/x-wav',
  'audio/ogg',
  'audio/opus',
  'audio/flac',
  'audio/aac',
  'audio/webm',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
]);
export const isSafeInline = (contentType: string): boolean => SAFE_INLINE.has(essenceOf(contentType));

const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,99}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}$/;
const UNKNOWN = 'application/octet-stream';

/**
 * What a file is: as its beginning shows, else as it was declared, else by its name.
 * @throws AppError `artifact_type_mismatch` for a page or a program that calls itself a picture, a sound or a film
 */
export function contentTypeOf({
  declared,
  name,
  head,
}: {
  declared: string | undefined;
  name: string;
  head: Uint8Array;
}): string {
  const said = essenceOf(declared ?? '');
  const known = TYPE.test(said) && said !== UNKNOWN ? said : (lookup(name) ?? UNKNOWN);
  const shown = sniff(head);
  if (!shown) return known;
  if (shown.isActive) {
    if (!isMedia(known) || known === 'image/svg+xml') return known === UNKNOWN ? shown.type : known;
    const detail = `The file says it is ${known}, and begins like ${shown.type}: send it with the type that it has.`;
    throw artifactErrors.artifact_type_mismatch(detail);
  }
  // A container of sound may hold a film too: what was declared says more.
  const [kind] = known.split('/');
  if (isMedia(known) && shown.families.includes(kind as string) && !shown.isExact) return known;
  return isMedia(known) || known === UNKNOWN ? shown.type : known;
}

function essenceOf(type: string): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? '';
}

function isMedia(type: string): boolean {
  return /^(?:image|audio|video)\//.test(type);
}

interface Sniffed {
  readonly type: string;
  readonly families: readonly string[];
  /** Whether no other type begins like this. */
  readonly isExact: boolean;
  /** Whether a browser or a system would run it. */
  readonly isActive: boolean;
}

const exact = (type: string, magic: string, at = 0) => ({ type, magic, at, isExact: true, isActive: false });
const loose = (type: string, magic: string, at = 0) => ({ type, magic, at, isExact: false, isActive: false });
const active = (type: string, magic: string) => ({ type, magic, at: 0, isExact: true, isActive: true });

/** First bytes (MIME Sniffing, 6), as Latin-1. */
const SIGNATURES = [
  exact('image/png', '\x89PNG\r\n\x1a\n'),
  exact('image/jpeg', '\xff\xd8\xff'),
  exact('image/gif', 'GIF87a'),
  exact('image/gif', 'GIF89a'),
  exact('image/webp', 'WEBP', 8),
  exact('image/avif', 'ftypavif', 4),
  exact('audio/wav', 'WAVEfmt ', 8),
  exact('audio/flac', 'fLaC'),
  exact('audio/mpeg', 'ID3'),
  loose('audio/ogg', 'OggS'),
  loose('video/mp4', 'ftyp', 4),
  loose('video/webm', '\x1a\x45\xdf\xa3'),
  exact('application/pdf', '%PDF-'),
  active('application/x-msdownload', 'MZ'),
  active('application/x-executable', '\x7fELF'),
  active('application/x-sh', '#!'),
] as const;
/** Text in other encodings than UTF-8 is a page to some browsers. */
const MARKS = ['\xef\xbb\xbf', '\xff\xfe', '\xfe\xff'];

function sniff(head: Uint8Array): Sniffed | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFFED_BYTES)).toString('latin1');
  const found = SIGNATURES.find(({ magic, at }) => bytes.startsWith(magic, at)) ?? markup(bytes);
  return found && { ...found, families: found.isExact ? [] : ['audio', 'video'] };
}

/** Markup may begin with spaces and a mark of its encoding. */
function markup(bytes: string) {
  const mark = MARKS.find((candidate) => bytes.startsWith(candidate)) ?? '';
  const text = bytes.slice(mark.length).replaceAll('\0', '').trimStart();
  return /^<(?:[a-z!?/])/i.test(text) ? active('text/html', '<') : undefined;
}
