import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readArtifactsSearch } from './search.ts';

export const artifactsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/artifacts',
  validateSearch: readArtifactsSearch,
  component: lazyRouteComponent(() => import('./artifacts-page.tsx'), 'ArtifactsPage'),
});
