import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readApprovalsSearch } from './search.ts';

export const approvalsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/approvals',
  validateSearch: readApprovalsSearch,
  component: lazyRouteComponent(() => import('./approvals-page.tsx'), 'ApprovalsPage'),
});
