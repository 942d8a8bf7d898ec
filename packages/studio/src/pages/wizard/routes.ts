import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readMakeSearch } from './search.ts';

export const wizardsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/wizard',
  component: lazyRouteComponent(() => import('./wizards-page.tsx'), 'WizardsPage'),
});

export const wizardRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/wizard/$name',
  validateSearch: readMakeSearch,
  component: lazyRouteComponent(() => import('./make-page.tsx'), 'MakePage'),
});
