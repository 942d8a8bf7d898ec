import type { StudioPage } from '../platform/index.ts';

/** Pages over what several features know. */
export const studioPages: readonly StudioPage[] = [
  {
    path: 'tester',
    title: { en: 'Rules', it: 'Regole' },
    icon: 'rule',
    group: 'build',
    order: 30,
    scope: 'studio:read',
    key: 'r',
  },
  {
    path: 'admin',
    title: { en: 'Models', it: 'Modelli' },
    icon: 'rows',
    group: 'admin',
    order: 10,
    scope: 'studio:read',
    key: 'm',
  },
];
