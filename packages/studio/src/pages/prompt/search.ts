import { oneOf, textsOf } from '../../data/search.ts';

export const tabs = ['versions', 'tests', 'metrics', 'try'] as const;
export type Tab = (typeof tabs)[number];

/** What of a prompt is shown; without a tab, its editor. All of it stands in the address. */
export interface PromptSearch {
  readonly tab?: Tab;
  /** The version that one edits on from, tries, or looks at the calls of. Default: the latest; of calls: all. */
  readonly version?: number;
  /** The versions that are compared. */
  readonly from?: number;
  readonly to?: number;
  /** The test set that is edited. */
  readonly set?: string;
  /** The run that is shown, and the one that it is compared with. */
  readonly run?: string;
  readonly other?: string;
  /** Days that metrics are of. Default: what the server says. */
  readonly days?: number;
}

/** What an address does not say rightly, it does not say. */
export function readPromptSearch(given: Record<string, unknown>): PromptSearch {
  const tab = oneOf(given.tab, tabs);
  return {
    ...(tab && { tab }),
    ...textsOf(given, ['set', 'run', 'other']),
    ...numbersOf(given, ['version', 'from', 'to', 'days']),
  };
}

function numbersOf<const Name extends string>(given: Record<string, unknown>, names: readonly Name[]) {
  const found: { [N in Name]?: number } = {};
  for (const name of names) {
    const value = given[name];
    if (Number.isInteger(value) && (value as number) > 0) found[name] = value as number;
  }
  return found;
}
