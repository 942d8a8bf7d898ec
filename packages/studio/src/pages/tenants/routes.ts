import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readTenantsSearch } from './search.ts';

export const tenantsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/tenants',
  validateSearch: readTenantsSearch,
  component: lazyRouteComponent(() => import('./tenants-page.tsx'), 'TenantsPage'),
});
