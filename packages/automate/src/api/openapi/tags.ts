import type { Route } from '../routing/route.ts';
import type { JsonSchema } from './schemas.ts';

/**
 * The groups of a document: in the order of their routes, and what asks for no credentials at its end, where it is in nobody's way.
 * A group is described by the first of its views that does so.
 */
export function tagsOf(routes: readonly Route[]): JsonSchema[] {
  const groups = Map.groupBy(routes, ({ tag }) => tag);
  const described = [...groups].map(([name, members]) => {
    const description = members.find(({ view }) => view.tagDescription !== undefined)?.view.tagDescription;
    return { isOpen: members.every(({ isOpen }) => isOpen), tag: { name, ...(description && { description }) } };
  });
  return [false, true].flatMap((wanted) => described.filter(({ isOpen }) => isOpen === wanted).map(({ tag }) => tag));
}
