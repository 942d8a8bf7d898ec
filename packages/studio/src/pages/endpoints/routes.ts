import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readEndpointsSearch } from './search.ts';

export const endpointsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/endpoints',
  validateSearch: readEndpointsSearch,
  component: lazyRouteComponent(() => import('./endpoints-page.tsx'), 'EndpointsPage'),
});
