import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readAuditSearch } from './search.ts';

export const auditRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
});
