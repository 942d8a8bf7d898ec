import type { StudioPage } from '../platform/index.ts';

/** Pages of the Studio about keys, secrets, policies and the record. */
export const governancePages: readonly StudioPage[] = [
  {
    path: 'api-keys',
    title: { en: 'API keys', it: 'Chiavi API' },
    icon: 'key',
    group: 'admin',
    order: 30,
    scope: 'api_keys:read',
    key: 'k',
  },
  { path: 'secrets', title: { en: 'Secrets', it: 'Segreti' }, icon: 'lock', group: 'admin', order: 40, scope: 'secrets:read' },
  { path: 'audit', title: { en: 'Audit', it: 'Registro' }, icon: 'audit', group: 'admin', order: 60, scope: 'audit:read' },
  { path: 'policy', title: { en: 'Policy', it: 'Regole d’uso' }, icon: 'book', group: 'admin', order: 70, scope: 'policy:read' },
];
