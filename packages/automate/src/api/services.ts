import type { ModelStore } from '../kernel/index.ts';
import type { ThrottleStore } from './throttle-store.ts';

/**
 * What views reach through `ctx.services`. Features add their own by declaration merging.
 * @example
 * declare module 'automate/api' {
 *   interface AppServices { workflows: WorkflowService }
 * }
 */
export interface AppServices {
  readonly models: ModelStore;
  /** Counts requests for rate limits. `createApi` puts an in-memory one here when none is given. */
  readonly throttle?: ThrottleStore;
}
