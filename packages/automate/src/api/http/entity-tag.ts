import { hash } from 'node:crypto';

/** The strong entity tag (RFC 9110, 8.8.3) of an object as JSON text. */
export function entityTag(text: string): string {
  return `"${hash('sha1', text, 'hex')}"`;
}

/** The tag of another view of the same object, such as some of its fields: it still tells which state of the object that is. */
export function partialTag(tag: string, text: string): string {
  return `${tag.slice(0, -1)}.${hash('sha1', text, 'hex').slice(0, 16)}"`;
}

/** Whether a client that sent this `If-None-Match` already has what would be sent (RFC 9110, 13.1.2). */
export function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || tagsIn(header).some((other) => other.replace(/^W\//, '') === tag);
}

/** The entity tags that a header lists. */
export function tagsIn(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** The part of a tag that stands for the object's state; a weak tag never matches. */
export function stateOf(tag: string): string {
  return tag.replace(/\.[0-9a-f]{16}"$/, '"');
}
