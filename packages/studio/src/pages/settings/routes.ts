import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf, textsOf } from '../../data/search.ts';
import { root } from '../../root-route.ts';

export const tabs = ['values', 'sign-on', 'mail', 'features'] as const;
export type Tab = (typeof tabs)[number];

export interface SettingsSearch {
  readonly tab?: Exclude<Tab, 'values'>;
  readonly q?: string;
  /** Whether only what somebody has set is shown. */
  readonly only?: 'set';
}

export const settingsRoute = createRoute({
  getParentRoute: () => root,
  path: 'studio/settings',
  validateSearch: (given: Record<string, unknown>): SettingsSearch => {
    const tab = oneOf(given.tab, ['sign-on', 'mail', 'features']);
    const only = oneOf(given.only, ['set']);
    return { ...(tab && { tab }), ...textsOf(given, ['q']), ...(only && { only }) };
  },
  component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
});
