import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readExecutionsSearch } from './search.ts';

export const executionsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/executions',
  validateSearch: readExecutionsSearch,
  component: lazyRouteComponent(() => import('./executions-page.tsx'), 'ExecutionsPage'),
});
