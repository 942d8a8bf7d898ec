import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textsOf } from '../../data/search.ts';
import { root } from '../../root-route.ts';

/** What the list is narrowed to, and what is open. */
export interface SecretsSearch {
  readonly q?: string;
  readonly tab?: 'master-keys';
  readonly open?: string;
  readonly new?: 'secret';
}

export const secretsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/secrets',
  validateSearch: (given: Record<string, unknown>): SecretsSearch => {
    const tab = oneOf(given.tab, ['master-keys']);
    const made = oneOf(given.new, ['secret']);
    return { ...textsOf(given, ['q', 'open']), ...(tab && { tab }), ...(made && { new: made }) };
  },
  component: lazyRouteComponent(() => import('./secrets-page.tsx'), 'SecretsPage'),
});
