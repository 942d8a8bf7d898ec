import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readWorkflowsSearch } from './search.ts';

export const workflowsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/workflows',
  validateSearch: readWorkflowsSearch,
  component: lazyRouteComponent(() => import('./workflows-page.tsx'), 'WorkflowsPage'),
});
