import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readBudgetsSearch } from './search.ts';

export const budgetsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/budgets',
  validateSearch: readBudgetsSearch,
  component: lazyRouteComponent(() => import('./budgets-page.tsx'), 'BudgetsPage'),
});
