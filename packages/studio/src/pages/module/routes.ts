import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { root } from '../../root-route.ts';

/** Whatever no page of our own has: pages that features draw themselves. */
export const moduleRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/$',
  beforeLoad: ({ params }) => {
    // The rest of an address may be empty.
    if (!params._splat) throw redirect({ to: '/studio/executions/', replace: true });
  },
  component: lazyRouteComponent(() => import('./module-page.tsx'), 'ModulePage'),
});
