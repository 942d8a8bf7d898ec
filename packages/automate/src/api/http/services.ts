import type { IdempotencyStore, ModelStore, ThrottleStore } from '../../kernel/index.ts';

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
  /** Remembers replies by `Idempotency-Key`. `createApi` puts an in-memory one here when none is given. */
  readonly idempotency?: IdempotencyStore;
}
