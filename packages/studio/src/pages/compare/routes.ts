import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';

export const compareRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/compare/$a/$b',
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
});
