import type { Dictionary } from '../text/en.ts';
import type { IconName } from '../ui/icon.tsx';

/** Where one can go: a line of the navigation, an entry of the palette, and a key after G. */
export interface Place {
  readonly path: '/studio/executions/' | '/studio/tester/';
  readonly icon: IconName;
  readonly label: (text: Dictionary) => string;
  /** What it takes to see anything there. */
  readonly scope: string;
  readonly key: string;
}

export interface PlaceGroup {
  /** Missing for the first, which has no heading. */
  readonly label?: (text: Dictionary) => string;
  readonly places: readonly Place[];
}

export const groups: readonly PlaceGroup[] = [
  {
    label: (text) => text.nav.observe,
    places: [
      {
        path: '/studio/executions/',
        icon: 'executions',
        label: (text) => text.nav.executions,
        scope: 'executions:read',
        key: 'e',
      },
    ],
  },
  {
    label: (text) => text.nav.build,
    places: [{ path: '/studio/tester/', icon: 'rule', label: (text) => text.nav.rules, scope: 'studio:read', key: 'r' }],
  },
];

export const places: readonly Place[] = groups.flatMap((group) => group.places);
