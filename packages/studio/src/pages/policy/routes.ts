import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textsOf } from '../../data/search.ts';
import { root } from '../../root-route.ts';

export interface PolicySearch {
  /** Whose ceiling is shown, for staff. Without one: one's own tenant, and its own rules. */
  readonly tenant?: string;
}

export const policyRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/policy',
  validateSearch: (given: Record<string, unknown>): PolicySearch => textsOf(given, ['tenant']),
  component: lazyRouteComponent(() => import('./policy-page.tsx'), 'PolicyPage'),
});
