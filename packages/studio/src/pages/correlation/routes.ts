import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readTraceSearch } from './search.ts';

export const correlationRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/correlation',
  validateSearch: readTraceSearch,
  component: lazyRouteComponent(() => import('./correlation-page.tsx'), 'CorrelationPage'),
});
