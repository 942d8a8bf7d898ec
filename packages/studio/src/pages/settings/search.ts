import { oneOf, textsOf } from '../../data/search.ts';

export const tabs = ['values', 'sign-on', 'mail', 'features'] as const;
export type Tab = (typeof tabs)[number];

export interface SettingsSearch {
  readonly tab?: Exclude<Tab, 'values'>;
  readonly q?: string;
  /** Whether only what somebody has set is shown. */
  readonly only?: 'set';
}

/** What an address does not say rightly, it does not say. */
export function readSettingsSearch(given: Record<string, unknown>): SettingsSearch {
  const tab = oneOf(given.tab, ['sign-on', 'mail', 'features']);
  const only = oneOf(given.only, ['set']);
  return { ...(tab && { tab }), ...textsOf(given, ['q']), ...(only && { only }) };
}
