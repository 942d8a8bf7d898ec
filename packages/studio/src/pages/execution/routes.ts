import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readExecutionSearch } from './search.ts';

export const executionRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/executions/$id',
  validateSearch: readExecutionSearch,
  component: lazyRouteComponent(() => import('./execution-page.tsx'), 'ExecutionPage'),
});
