import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readPricesSearch } from './search.ts';

export const pricesRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/prices',
  validateSearch: readPricesSearch,
  component: lazyRouteComponent(() => import('./prices-page.tsx'), 'PricesPage'),
});
