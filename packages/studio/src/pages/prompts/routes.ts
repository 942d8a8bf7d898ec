import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readPromptsSearch } from './search.ts';

export const promptsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/prompts',
  validateSearch: readPromptsSearch,
  component: lazyRouteComponent(() => import('./prompts-page.tsx'), 'PromptsPage'),
});
