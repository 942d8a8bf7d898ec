import { lookup } from 'mrmime';

/** The media type of a file by its name, with its encoding where it is text. */
export function contentTypeOf(name: string): string {
  const type = lookup(name) ?? 'application/octet-stream';
  return TEXT.test(type) ? `${type}; charset=utf-8` : type;
}

/** What browsers would otherwise guess the encoding of. */
const TEXT = /^text\/|[/+](?:json|xml|javascript)$/;
