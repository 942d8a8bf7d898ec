import type { AppServices } from '../api/index.ts';

/** A text in the languages of the Studio; English stands in for those that are missing. */
export interface Words {
  readonly en: string;
  readonly it?: string;
}

/** Heads of the navigation, from top to bottom. The first has no heading. */
export const studioGroups = ['home', 'observe', 'build', 'connect', 'ai', 'data', 'admin'] as const;
export type StudioGroup = (typeof studioGroups)[number];

/**
 * A page of the Studio: a line of its navigation, an entry of its palette, a tab with its own address.
 * @example
 * { path: 'fleet', title: { en: 'Fleet', it: 'Flotta' }, icon: 'globe', group: 'observe', scope: 'fleet:read',
 *   module: new URL('./studio/fleet.js', import.meta.url) }
 */
export interface StudioPage {
  /** Below `/studio/`; all addresses below it are the page's too. Lower case, digits, `-` and `/`. */
  readonly path: string;
  readonly title: Words;
  /** Name of an icon of the Studio; one for whatever has no icon stands in for unknown names. */
  readonly icon: string;
  readonly group: StudioGroup;
  /** Place within the group, small ones first. Default 100. */
  readonly order?: number;
  /** What it takes to see anything there; without it, whoever is signed in may. */
  readonly scope?: string;
  /** Whether staff alone have it. */
  readonly isForStaff?: boolean;
  /** Letter that leads there after `G`. */
  readonly key?: string;
  /**
   * How much waits there for somebody, shown beside its name. Asked now and then of everybody who sees it: it must be cheap, and count no further
   * than `enough`.
   */
  count?(services: AppServices, tenantId: string, enough: number): Promise<number>;
  /**
   * ES module that draws the page: its default export is a `StudioModule` of `automate-client`. Files beside it are served too, so that it
   * may import them. Without one, the page is part of the Studio itself.
   */
  readonly module?: URL;
}

/**
 * Checks the pages of all features.
 * @throws TypeError naming a path that is none, or that two pages have
 */
export function requirePages(pages: readonly StudioPage[]): void {
  const seen = new Set<string>();
  for (const { path } of pages) {
    if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(path))
      throw new TypeError(
        `A page of the Studio has the path "${path}": it must be lower case letters, digits and "-", parts divided by "/".`,
      );
    if (seen.has(path)) throw new TypeError(`Two pages of the Studio have the path "${path}".`);
    seen.add(path);
  }
}
