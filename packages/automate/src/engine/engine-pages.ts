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
  {
    path: 'events',
    title: { en: 'Events', it: 'Eventi' },
    icon: 'event',
    group: 'observe',
    order: 30,
    scope: 'events:read',
    key: 'v',
  },
  {
    path: 'approvals',
    title: { en: 'Approvals', it: 'Approvazioni' },
    icon: 'approval',
    group: 'observe',
    order: 60,
    scope: 'executions:read',
    key: 'a',
    count: ({ approvals }, tenantId, enough) => approvals.count(tenantId, enough),
  },
  {
    path: 'workflows',
    title: { en: 'Workflows', it: 'Flussi di lavoro' },
    icon: 'workflow',
    group: 'build',
    order: 10,
    scope: 'workflows:read',
    key: 'w',
  },
];
