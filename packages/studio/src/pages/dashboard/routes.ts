import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readDashboardSearch } from './search.ts';

export const dashboardRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/dashboard',
  validateSearch: readDashboardSearch,
  component: lazyRouteComponent(() => import('./dashboard-page.tsx'), 'DashboardPage'),
});
