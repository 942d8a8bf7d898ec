import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { mount } from './base.ts';
import { readExecutionSearch } from './pages/execution/search.ts';
import { readExecutionsSearch } from './pages/executions/search.ts';
import { readTesterSearch } from './pages/tester/search.ts';
import { Broken } from './shell/broken.tsx';
import { Shell } from './shell/shell.tsx';
import { NotFound } from './ui/empty.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: () => <NotFound />, errorComponent: Broken });

const home = createRoute({
  getParentRoute: () => root,
  path: 'studio',
  beforeLoad: () => {
    throw redirect({ to: '/studio/executions/', replace: true });
  },
});

const executions = createRoute({
  getParentRoute: () => root,
  path: 'studio/executions',
  validateSearch: readExecutionsSearch,
  component: lazyRouteComponent(() => import('./pages/executions/executions-page.tsx'), 'ExecutionsPage'),
});

const execution = createRoute({
  getParentRoute: () => root,
  path: 'studio/executions/$id',
  validateSearch: readExecutionSearch,
  component: lazyRouteComponent(() => import('./pages/execution/execution-page.tsx'), 'ExecutionPage'),
});

const tester = createRoute({
  getParentRoute: () => root,
  path: 'studio/tester',
  validateSearch: readTesterSearch,
  component: lazyRouteComponent(() => import('./pages/tester/tester-page.tsx'), 'TesterPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, executions, execution, tester]),
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
