import type { StudioPage } from '../platform/index.ts';

/** What the Studio shows of the engine. */
export const enginePages: readonly StudioPage[] = [
  {
    path: 'executions',
    title: { en: 'Executions', it: 'Esecuzioni' },
    icon: 'executions',
    group: 'observe',
    order: 10,
    scope: 'executions:read',
    key: 'e',
  },
];
