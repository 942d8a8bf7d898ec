import { hash } from 'node:crypto';
import { commonErrors } from '../../kernel/index.ts';
import { headerOf } from '../http/request.ts';
import type { RequestContext } from './request-context.ts';
import { toText } from './serialize.ts';

/** The strong entity tag (RFC 9110, 8.8.3) of an object as JSON text. */
export function entityTag(text: string): string {
  return `"${hash('sha1', text, 'hex')}"`;
}

/** The tag of another view of the same object, such as some of its fields: it still tells which state of the object that is. */
export function partialTag(tag: string, text: string): string {
  return `${tag.slice(0, -1)}.${hash('sha1', text, 'hex').slice(0, 16)}"`;
}

/**
 * Refuses to change an object that is no longer as the client saw it (RFC 9110, 13.1.1).
 * @throws `precondition_failed`
 */
export function requireMatch(ctx: RequestContext): Promise<void> | undefined {
  const wanted = headerOf(ctx.request, 'if-match');
  if (wanted === undefined || ctx.route.method === 'GET') return undefined;
  if (wanted.trim() === '*') return undefined;
  const { shownBy } = ctx.route;
  if (!shownBy) throw commonErrors.precondition_failed('This has no ETag, so If-Match cannot hold.');
  ctx.isConditional = true;
  const compare = (shown: unknown): void => {
    const state = entityTag(toText(shownBy, shown));
    if (tagsIn(wanted).some((tag) => stateOf(tag) === state)) return;
    throw commonErrors.precondition_failed('It has been changed since you got this ETag: get it again.');
  };
  const shown = shownBy.handler.call(ctx.route.view, ctx);
  return shown instanceof Promise ? shown.then(compare) : void compare(shown);
}

/** Whether the client already has what would be sent (RFC 9110, 13.1.2). */
export function isKnown(ctx: RequestContext, tag: string): boolean {
  const known = headerOf(ctx.request, 'if-none-match');
  if (known === undefined) return false;
  return known.trim() === '*' || tagsIn(known).some((other) => other.replace(/^W\//, '') === tag);
}

function tagsIn(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** The part of a tag that stands for the object's state; a weak tag never matches. */
function stateOf(tag: string): string {
  return tag.replace(/\.[0-9a-f]{16}"$/, '"');
}
