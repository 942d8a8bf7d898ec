import type { StudioPage } from '../platform/index.ts';

/** Pages over what several features know. */
export const studioPages: readonly StudioPage[] = [
  {
    path: 'correlation',
    title: { en: 'Traces', it: 'Tracce' },
    icon: 'trace',
    group: 'observe',
    order: 20,
    scope: 'studio:read',
    key: 't',
  },
  {
    path: 'tester',
    title: { en: 'Rules', it: 'Regole' },
    icon: 'rule',
    group: 'build',
    order: 30,
    scope: 'studio:read',
    key: 'r',
  },
];
