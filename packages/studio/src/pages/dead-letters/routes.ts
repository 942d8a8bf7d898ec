import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readDeadLettersSearch } from './search.ts';

export const deadLettersRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/dead-letters',
  validateSearch: readDeadLettersSearch,
  component: lazyRouteComponent(() => import('./dead-letters-page.tsx'), 'DeadLettersPage'),
});
