import { requirePages, type StudioPage, studioGroups } from '../../platform/index.ts';

const UNPLACED = 100;

/**
 * All pages in the order of the navigation; those of one place as their features come.
 * @throws TypeError as {@link requirePages}
 */
export function inOrder(pages: readonly StudioPage[]): readonly StudioPage[] {
  requirePages(pages);
  const placeOf = ({ group, order = UNPLACED }: StudioPage) => studioGroups.indexOf(group) * 100_000 + order;
  return pages.toSorted((left, right) => placeOf(left) - placeOf(right));
}

/** Where the module of a page is served, below the base path. */
export function modulePath({ path, module }: StudioPage): string | undefined {
  return module && `${moduleFolder(path)}/${module.pathname.split('/').at(-1)}`;
}

export function moduleFolder(path: string): string {
  return `studio/modules/${path.replaceAll('/', '.')}`;
}
