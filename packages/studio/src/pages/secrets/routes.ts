import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readSecretsSearch } from './search.ts';

export const secretsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/secrets',
  validateSearch: readSecretsSearch,
  component: lazyRouteComponent(() => import('./secrets-page.tsx'), 'SecretsPage'),
});
