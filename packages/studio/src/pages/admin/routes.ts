import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readListSearch } from './search.ts';

export const adminRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/admin',
  component: lazyRouteComponent(() => import('./index-page.tsx'), 'AdminPage'),
});

export const adminListRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/admin/$app/$model',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./list-page.tsx'), 'ListPage'),
});

export const adminNewRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/admin/$app/$model/new',
  component: lazyRouteComponent(() => import('./new-page.tsx'), 'NewPage'),
});

export const adminFormRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/admin/$app/$model/$id',
  validateSearch: ({ view }: Record<string, unknown>): { view?: 'history' | 'json' } =>
    view === 'history' || view === 'json' ? { view } : {},
  component: lazyRouteComponent(() => import('./form-page.tsx'), 'FormPage'),
});

export const adminRoutes = [adminRoute, adminListRoute, adminNewRoute, adminFormRoute];
