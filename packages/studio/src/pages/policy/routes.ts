import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readPolicySearch } from './search.ts';

export const policyRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/policy',
  validateSearch: readPolicySearch,
  component: lazyRouteComponent(() => import('./policy-page.tsx'), 'PolicyPage'),
});
