import type { LanguageModelV4FilePart } from '@ai-sdk/provider';

type Document = Pick<LanguageModelV4FilePart, 'data' | 'mediaType'>;

/** The text of a file that is one, by its media type; undefined for images and the like, and for what stands elsewhere. */
export function documentText({ data, mediaType }: Document): string | undefined {
  if (data.type === 'text') return data.text;
  if (!TEXT.test(mediaType)) return undefined;
  if (data.type === 'data') {
    const bytes = typeof data.data === 'string' ? Buffer.from(data.data, 'base64') : data.data;
    return new TextDecoder(charsetOf(mediaType)).decode(bytes);
  }
  return undefined;
}

/** The same file with another text. */
export function withDocumentText<Part extends Document>(part: Part, text: string): Part {
  const { data } = part;
  if (data.type === 'text') return { ...part, data: { ...data, text } };
  if (data.type !== 'data') return part;
  const bytes = Buffer.from(text);
  const mediaType = part.mediaType.replace(CHARSET, 'charset=utf-8');
  return {
    ...part,
    mediaType,
    data: { ...data, data: typeof data.data === 'string' ? bytes.toString('base64') : new Uint8Array(bytes) },
  };
}

const TEXT = /^text\/|^application\/(?:[\w.+-]+\+)?(?:json|xml|yaml|x-yaml|csv|javascript|sql|x-ndjson|rtf)\b/i;
const CHARSET = /charset=["']?([\w.:-]{1,40})["']?/i;

function charsetOf(mediaType: string): string {
  const name = CHARSET.exec(mediaType)?.[1] ?? 'utf-8';
  // Every byte is a character in it: what cannot be read rightly is looked at anyway.
  return KNOWN.has(name.toLowerCase()) ? name : 'latin1';
}

const KNOWN = new Set([
  'utf-8',
  'utf8',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'us-ascii',
  'ascii',
  'iso-8859-1',
  'latin1',
  'windows-1252',
]);
