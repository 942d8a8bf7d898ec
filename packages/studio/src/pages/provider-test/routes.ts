import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textsOf } from '../../data/search.ts';
import { root } from '../../root-route.ts';

export const providerTestRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/provider-test',
  validateSearch: (given: Record<string, unknown>) => textsOf(given, ['provider', 'model']),
  component: lazyRouteComponent(() => import('./provider-test-page.tsx'), 'ProviderTestPage'),
});
