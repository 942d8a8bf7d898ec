import type { StudioPage } from '../platform/index.ts';

/** Pages over what several features know. */
export const studioPages: readonly StudioPage[] = [
  {
    path: 'dashboard',
    title: { en: 'Dashboard', it: 'Panoramica' },
    icon: 'dashboard',
    group: 'home',
    order: 10,
    scope: 'studio:read',
    key: 'd',
  },
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
  {
    path: 'wizard',
    title: { en: 'Create', it: 'Crea' },
    icon: 'plus',
    group: 'build',
    order: 40,
    key: 'n',
  },
  {
    path: 'settings',
    title: { en: 'Settings', it: 'Impostazioni' },
    icon: 'settings',
    group: 'admin',
    order: 80,
    scope: 'settings:read',
    isForStaff: true,
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
