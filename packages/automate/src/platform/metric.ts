import type { AppServices, MaybePromise } from '../api/index.ts';

/** A figure of `GET /metrics`, read when somebody asks. */
export interface MetricDeclaration {
  readonly kind: 'counter' | 'gauge';
  /** @example 'automate_events_total' */
  readonly name: string;
  readonly help: string;
  /** What `read` tells apart, when it returns several figures. */
  readonly label?: string;
  /** Undefined: nothing to say, as when no worker runs here. */
  read(services: AppServices): MaybePromise<number | ReadonlyMap<string, number> | undefined>;
}
