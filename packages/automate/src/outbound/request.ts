import type { RequestHeaders } from './headers.ts';

/** One guarded request. */
export interface OutboundRequest {
  /** Absolute, http or https. */
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: RequestHeaders;
  readonly body?: string | Uint8Array;
  /** For look-up, connection, redirects, headers and body together. Default 30,000. */
  readonly timeoutMs?: number;
  /** Largest body, before and after decompression. Default 10 MiB; Infinity: whoever reads it counts. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Default true; false hands a 3xx back as it is, as a webhook delivery wants. */
  readonly followRedirects?: boolean;
  /** Default and most 5. */
  readonly maxRedirects?: number;
  /** Asked about every URL that is called, those of redirects too. @throws to refuse */
  readonly checkUrl?: (url: URL) => void;
  /** On whose behalf: what one tenant does to a host, such as making it fail, holds up nobody else. */
  readonly tenantId?: string;
  /** Whoever calls has turns and circuits of its own: none are counted here. */
  readonly hasOwnLimits?: boolean;
}

export interface OutboundResponse<Body = Buffer> {
  readonly status: number;
  /** Names in lower case. Content encoding is undone. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Body;
  /** Where the reply came from, after redirects. */
  readonly url: string;
}
