import type { StudioPage } from '../platform/index.ts';

/** Pages of the Studio about people and tenants. */
export const accountPages: readonly StudioPage[] = [
  {
    path: 'people',
    title: { en: 'People', it: 'Persone' },
    icon: 'people',
    group: 'admin',
    order: 20,
    scope: 'members:read',
    key: 'p',
  },
  {
    path: 'tenants',
    title: { en: 'Tenants', it: 'Organizzazioni' },
    icon: 'box',
    group: 'admin',
    order: 50,
    scope: 'tenant:read',
  },
];
