import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readEventsSearch } from './search.ts';

export const eventsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/events',
  validateSearch: readEventsSearch,
  component: lazyRouteComponent(() => import('./events-page.tsx'), 'EventsPage'),
});
