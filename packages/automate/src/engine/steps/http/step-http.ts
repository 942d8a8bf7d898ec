import type { Json } from '../../../kernel/index.ts';
import type { OutboundRequest } from '../../../outbound/index.ts';
import type { LargeNumbers } from './reply-body.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/** How a step calls another service. */
export interface HttpOptions {
  /** Names in any case. They replace what is sent anyway, but for `x-causation-id`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Set on top of the URL's own. */
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /** Body to send as JSON. */
  readonly json?: unknown;
  /** Body to send as it is; not together with `json`. */
  readonly body?: string | Uint8Array | undefined;
  /** For the whole exchange, redirects included. Default 30,000. The time limit of the step holds too. */
  readonly timeoutMs?: number | undefined;
  /** Largest body of a reply, unpacked. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** What a number in a JSON reply does that cannot be kept exactly. Default `refuse`: reading `body` fails. */
  readonly largeNumbers?: LargeNumbers | undefined;
  /**
   * Which statuses fail the step, with `http_status`. `errors` (default): from 400; `temporary`: 408, 429 and from 500, which are
   * tried again in either case, not before `Retry-After`; `none`.
   */
  readonly failOn?: 'errors' | 'temporary' | 'none' | undefined;
  /**
   * Sent as `idempotency-key`. Default: the step's own with the first request that is no GET or HEAD, and the same with `:2`, `:3`… behind it with the next, so
   * that every try sends the same keys. Say it where the order of the requests may differ from try to try.
   */
  readonly idempotencyKey?: string | undefined;
  /** What a dry run, which sends nothing, answers with. Default `{}`. */
  readonly sample?: unknown;
}

/** What came back. */
export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly bytes: Uint8Array;
  /** Parsed when it was declared as JSON, else text in its character set. @throws StepError `number_out_of_range` */
  readonly body: Json;
}

/**
 * The guarded way out of a step. Every method throws a {@link StepError}: retryable for what may pass (`outbound_timeout`, `outbound_failed`,
 * `outbound_rate_limited`, `outbound_circuit_open`, a temporary `http_status`), and else not.
 */
export interface StepHttp {
  get(url: string, options?: HttpOptions): Promise<HttpReply>;
  head(url: string, options?: HttpOptions): Promise<HttpReply>;
  post(url: string, options?: HttpOptions): Promise<HttpReply>;
  put(url: string, options?: HttpOptions): Promise<HttpReply>;
  patch(url: string, options?: HttpOptions): Promise<HttpReply>;
  delete(url: string, options?: HttpOptions): Promise<HttpReply>;
  request(method: HttpMethod, url: string, options?: HttpOptions): Promise<HttpReply>;
}

/** A request of a step, ready to be sent. */
export interface StepRequest extends OutboundRequest {
  readonly method: HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly tenantId: string;
  /** What a dry run answers with. */
  readonly sample?: unknown;
}
