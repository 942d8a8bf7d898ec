import type { IdempotencyStore, Logger, ThrottleStore } from '../../kernel/index.ts';
import type { Authenticator } from '../access/authentication.ts';
import type { ApiFacts } from '../http/context.ts';
import type { AppServices } from '../http/services.ts';
import type { Route } from '../routing/route.ts';
import type { ClientAddress } from '../settings/trusted-proxies.ts';
import type { Streams } from '../streams/open-streams.ts';

/** The web layer made ready; an adapter puts it on a server. */
export interface Api extends ApiFacts {
  readonly routes: readonly Route[];
  readonly services: AppServices;
  readonly throttle: ThrottleStore;
  readonly idempotency: IdempotencyStore;
  readonly authenticators: readonly Authenticator[];
  readonly logger: Logger;
  /** The event streams that are open. */
  readonly streams: Streams;
  /** Where a request comes from, as far as proxies are trusted; `AUTOMATE_API_TRUST_PROXY`. */
  readonly clientAddress: ClientAddress;
  /** Path before that of every route: empty, or `/segments` without a trailing slash. */
  readonly basePath: string;
  readonly limits: {
    /** Bytes; `AUTOMATE_API_BODY_LIMIT_BYTES`. */
    readonly bodyBytes: number;
    /** How long a reader of a stream may take nothing; `AUTOMATE_API_STREAM_STALL_SECONDS`. */
    readonly stallSeconds: number;
  };
}
