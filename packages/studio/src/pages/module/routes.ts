import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { toHome } from '../../data/welcome.ts';
import { root } from '../../root-route.ts';

/** Whatever no page of our own has: pages that features draw themselves. */
export const moduleRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/$',
  // The rest of an address may be empty.
  beforeLoad: async ({ params }) => (params._splat ? undefined : toHome()),
  component: lazyRouteComponent(() => import('./module-page.tsx'), 'ModulePage'),
});
