import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readKeysSearch } from './search.ts';

export const apiKeysRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/api-keys',
  validateSearch: readKeysSearch,
  component: lazyRouteComponent(() => import('./api-keys-page.tsx'), 'ApiKeysPage'),
});
