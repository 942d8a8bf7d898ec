import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';

export const accountRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/account',
  component: lazyRouteComponent(() => import('./account-page.tsx'), 'AccountPage'),
});
