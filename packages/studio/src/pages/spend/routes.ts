import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readSpendSearch } from './search.ts';

export const spendRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/spend',
  validateSearch: readSpendSearch,
  component: lazyRouteComponent(() => import('./spend-page.tsx'), 'SpendPage'),
});
