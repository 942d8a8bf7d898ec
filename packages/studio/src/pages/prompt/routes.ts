import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readPromptSearch } from './search.ts';

export const promptRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/prompts/$id',
  validateSearch: readPromptSearch,
  component: lazyRouteComponent(() => import('./prompt-page.tsx'), 'PromptPage'),
});
