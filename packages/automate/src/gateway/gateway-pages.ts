import type { StudioPage } from '../platform/index.ts';

/** What the Studio shows of the gateway. */
export const gatewayPages: readonly StudioPage[] = [
  {
    path: 'endpoints',
    title: { en: 'Endpoints', it: 'Endpoint' },
    icon: 'endpoint',
    group: 'ai',
    order: 20,
    scope: 'endpoints:read',
    key: 'l',
  },
];
