import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readJobsSearch } from './search.ts';

export const jobsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/jobs',
  validateSearch: readJobsSearch,
  component: lazyRouteComponent(() => import('./jobs-page.tsx'), 'JobsPage'),
});
