import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { mount } from './base.ts';
import { compareRoute } from './pages/compare/routes.ts';
import { correlationRoute } from './pages/correlation/routes.ts';
import { executionRoute } from './pages/execution/routes.ts';
import { executionsRoute } from './pages/executions/routes.ts';
import { moduleRoute } from './pages/module/routes.ts';
import { testerRoute } from './pages/tester/routes.ts';
import { root } from './root-route.ts';
import { Broken } from './shell/broken.tsx';
import { Shell } from './shell/shell.tsx';
import { NotFound } from './ui/empty.tsx';

const home = createRoute({
  getParentRoute: () => root,
  path: 'studio',
  beforeLoad: () => {
    throw redirect({ to: '/studio/executions/', replace: true });
  },
});

root.update({ component: Shell, notFoundComponent: () => <NotFound />, errorComponent: Broken });

export const router = createRouter({
  routeTree: root.addChildren([home, executionsRoute, executionRoute, compareRoute, correlationRoute, testerRoute, moduleRoute]),
  basepath: mount,
  trailingSlash: 'always',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
