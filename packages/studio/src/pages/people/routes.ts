import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readPeopleSearch } from './search.ts';

export const peopleRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/people',
  validateSearch: readPeopleSearch,
  component: lazyRouteComponent(() => import('./people-page.tsx'), 'PeoplePage'),
});
