import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textsOf } from '../../data/search.ts';
import { root } from '../../root-route.ts';

/** What the list is narrowed to, and what is open. */
export interface KeysSearch {
  readonly q?: string;
  readonly state?: 'revoked' | 'all';
  readonly open?: string;
  readonly new?: 'key';
}

export const apiKeysRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/api-keys',
  validateSearch: (given: Record<string, unknown>): KeysSearch => {
    const state = oneOf(given.state, ['revoked', 'all']);
    const made = oneOf(given.new, ['key']);
    return { ...textsOf(given, ['q', 'open']), ...(state && { state }), ...(made && { new: made }) };
  },
  component: lazyRouteComponent(() => import('./api-keys-page.tsx'), 'ApiKeysPage'),
});
