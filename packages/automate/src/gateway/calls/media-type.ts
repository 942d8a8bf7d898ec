import { invalidInput } from '../../kernel/index.ts';

/** First bytes of sounds, as Latin-1; some hold films too, whose sound is heard. */
const SOUNDS: readonly (readonly [type: string, begins: RegExp])[] = [
  ['audio/wav', /^RIFF....WAVE/s],
  ['audio/flac', /^fLaC/],
  ['audio/ogg', /^OggS/],
  ['audio/webm', /^.E\xdf\xa3/s],
  ['audio/mp4', /^....ftyp/s],
  ['audio/mpeg', /^(?:ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb])/],
  ['audio/aac', /^\xff[\xf0\xf1\xf8\xf9]/],
];

const PICTURES: readonly (readonly [type: string, begins: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n.\n/s],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/webp', /^RIFF....WEBP/s],
  ['image/gif', /^GIF8[79]a/],
];
/** What Tesseract reads beside. */
const BITMAP = ['image/bmp', /^BM/] as const;

const MEBIBYTE = 1_048_576;
/** As OpenAI takes them. */
export const mostBytes = { audio: 25 * MEBIBYTE, image: 20 * MEBIBYTE };

/** What a sound is, by its first bytes; undefined for all that is none. */
export const soundType = (bytes: Uint8Array): string | undefined => typeOf(bytes, SOUNDS);
export const pictureType = (bytes: Uint8Array): string | undefined => typeOf(bytes, PICTURES);

/** @returns its media type @param pointer where it stands in the request @throws AppError `invalid_input` */
export function requireSound(bytes: Uint8Array, pointer: string): string {
  requireSize(bytes, pointer, mostBytes.audio);
  return soundType(bytes) ?? unknown(pointer, 'wav, mp3, ogg, flac, webm, m4a, mp4 or aac');
}

/** @returns its media type @throws AppError `invalid_input` */
export function requirePicture(bytes: Uint8Array, pointer: string): string {
  requireSize(bytes, pointer, mostBytes.image);
  return pictureType(bytes) ?? unknown(pointer, 'PNG, JPEG, WebP or GIF');
}

/** One whose text is to be read. @throws AppError `invalid_input` */
export function requireReadablePicture(bytes: Uint8Array, pointer: string): string {
  requireSize(bytes, pointer, mostBytes.image);
  return typeOf(bytes, [...PICTURES, BITMAP]) ?? unknown(pointer, 'PNG, JPEG, WebP, GIF or BMP');
}

/** Of a WAV file of samples in seconds; undefined for all else. */
export function waveSeconds(bytes: Uint8Array): number | undefined {
  if (soundType(bytes) !== 'audio/wav' || bytes.length < 44) return undefined;
  const wave = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const perSecond = wave.toString('latin1', 12, 16) === 'fmt ' ? wave.readUInt32LE(28) : 0;
  return perSecond > 0 ? (bytes.length - 44) / perSecond : undefined;
}

function typeOf(bytes: Uint8Array, types: readonly (readonly [string, RegExp])[]): string | undefined {
  const begin = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1');
  return types.find(([, begins]) => begins.test(begin))?.[0];
}

function requireSize(bytes: Uint8Array, pointer: string, most: number): void {
  if (bytes.length === 0) throw invalidInput([{ pointer, code: 'required', message: 'is empty' }]);
  if (bytes.length > most)
    throw invalidInput([{ pointer, code: 'too_big', message: `must have at most ${most} bytes, and has ${bytes.length}` }]);
}

function unknown(pointer: string, known: string): never {
  throw invalidInput([{ pointer, code: 'unknown_format', message: `must be ${known}, as its first bytes show` }]);
}
