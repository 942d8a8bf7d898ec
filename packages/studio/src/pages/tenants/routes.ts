import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textsOf } from '../../data/search.ts';
import { root } from '../../root-route.ts';

/** What the list is narrowed to, and what is open. */
export interface TenantsSearch {
  readonly q?: string;
  readonly open?: string;
  readonly new?: 'tenant';
}

export const tenantsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/tenants',
  validateSearch: (given: Record<string, unknown>): TenantsSearch => {
    const made = oneOf(given.new, ['tenant']);
    return { ...textsOf(given, ['q', 'open']), ...(made && { new: made }) };
  },
  component: lazyRouteComponent(() => import('./tenants-page.tsx'), 'TenantsPage'),
});
