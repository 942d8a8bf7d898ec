import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readTesterSearch } from './search.ts';

export const testerRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/tester',
  validateSearch: readTesterSearch,
  component: lazyRouteComponent(() => import('./tester-page.tsx'), 'TesterPage'),
});
