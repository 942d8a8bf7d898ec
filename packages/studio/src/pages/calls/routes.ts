import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readCallsSearch } from './search.ts';

export const callsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/calls',
  validateSearch: readCallsSearch,
  component: lazyRouteComponent(() => import('./calls-page.tsx'), 'CallsPage'),
});
