import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readEditSearch, readWorkflowSearch } from './search.ts';

export const workflowRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/workflows/$id',
  validateSearch: readWorkflowSearch,
  component: lazyRouteComponent(() => import('./workflow-page.tsx'), 'WorkflowPage'),
});

export const editWorkflowRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/workflows/$id/edit',
  validateSearch: readEditSearch,
  component: lazyRouteComponent(() => import('./edit-page.tsx'), 'EditPage'),
});
