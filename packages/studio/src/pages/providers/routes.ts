import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readProvidersSearch } from './search.ts';

export const providersRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/providers',
  validateSearch: readProvidersSearch,
  component: lazyRouteComponent(() => import('./providers-page.tsx'), 'ProvidersPage'),
});
