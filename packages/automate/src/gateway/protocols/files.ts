import type { LanguageModelV4FilePart } from '@ai-sdk/provider';
import { wrongInput } from './refusals.ts';

type FilePart = LanguageModelV4FilePart;

const DATA_URL_START = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+)?(?:;[a-z0-9-]+=[^;,]{1,100})*(;base64)?,/i;

/**
 * A file by its address, or by the data in it.
 * @param type what it is where the address does not say: `image`, `audio`, or a whole media type
 * @throws a 400 where a data URL is not in base64
 */
export function fileOfUrl(url: string, { type, pointer }: { type: string; pointer: string }): FilePart {
  if (!url.startsWith('data:')) return { type: 'file', mediaType: type, data: { type: 'url', url: new URL(url) } };
  // Only the beginning is looked at: the data of a video is long.
  const start = DATA_URL_START.exec(url.slice(0, 400));
  if (!start?.[2]) throw wrongInput(pointer, 'must be a data: URL in base64, as data:image/png;base64,iVBORw0…');
  return fileOfData(url.slice(start[0].length), start[1] ?? type);
}

/** A file whose bytes stand in the request, in base64. */
export function fileOfData(data: string, mediaType: string): FilePart {
  return { type: 'file', mediaType, data: { type: 'data', data } };
}

/** A file that a provider keeps. */
export function fileOfReference(id: string, { provider, type }: { provider: string; type: string }): FilePart {
  return { type: 'file', mediaType: type, data: { type: 'reference', reference: { [provider]: id } } };
}

/** A generated file, as an address that holds it. */
export function urlOfFile(file: {
  mediaType: string;
  data: { type: 'data'; data: string | Uint8Array } | { type: 'url'; url: URL };
}): string {
  if (file.data.type === 'url') return file.data.url.href;
  const { data } = file.data;
  return `data:${file.mediaType};base64,${typeof data === 'string' ? data : Buffer.from(data).toString('base64')}`;
}
