import type { StudioPage } from '../platform/index.ts';
import { moneyPages } from './money-pages.ts';

/** What the Studio shows of the gateway. */
export const gatewayPages: readonly StudioPage[] = [
  {
    path: 'providers',
    title: { en: 'Providers', it: 'Provider' },
    icon: 'connection',
    group: 'ai',
    order: 10,
    scope: 'providers:read',
    key: 'o',
  },
  {
    path: 'calls',
    title: { en: 'Model calls', it: 'Chiamate ai modelli' },
    icon: 'sparkle',
    group: 'ai',
    order: 50,
    scope: 'calls:read',
    key: 'c',
  },
  {
    path: 'provider-test',
    title: { en: 'Test a provider', it: 'Prova un provider' },
    icon: 'play',
    group: 'ai',
    order: 60,
    scope: 'providers:write',
  },
  {
    path: 'endpoints',
    title: { en: 'Endpoints', it: 'Endpoint' },
    icon: 'endpoint',
    group: 'ai',
    order: 20,
    scope: 'endpoints:read',
    key: 'l',
  },
  ...moneyPages,
];
