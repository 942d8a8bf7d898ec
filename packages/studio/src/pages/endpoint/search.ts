import { oneOf } from '../../data/search.ts';
import { consoleTasks } from './tasks.ts';

const tabs = ['settings', 'snippets', ...consoleTasks] as const;

/** Which part of the endpoint is shown. Without one: the console of its first task. */
export interface EndpointSearch {
  readonly tab?: (typeof tabs)[number];
}

/** What an address does not say rightly, it does not say. */
export function readEndpointSearch(given: Record<string, unknown>): EndpointSearch {
  const tab = oneOf(given.tab, tabs);
  return tab ? { tab } : {};
}
