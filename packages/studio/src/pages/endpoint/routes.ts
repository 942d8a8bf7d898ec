import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readEndpointSearch } from './search.ts';

export const newEndpointRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/endpoints/new',
  component: lazyRouteComponent(() => import('./new-page.tsx'), 'NewEndpointPage'),
});

export const endpointRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/endpoints/$id',
  validateSearch: readEndpointSearch,
  component: lazyRouteComponent(() => import('./endpoint-page.tsx'), 'EndpointPage'),
});
