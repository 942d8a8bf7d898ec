import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root-route.ts';
import { readSettingsSearch } from './search.ts';

export const settingsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/settings',
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
});
