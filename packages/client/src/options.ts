/** What a request looks like to `onRequest`, which may change its headers. */
export interface OutgoingRequest {
  /** Name of the operation, for example `workflow.create`. */
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** 0 for the first attempt. */
  readonly attempt: number;
}

/** Settings of a client. */
export interface ClientOptions {
  /** Where the server is, for example `https://automate.example.com`. Default: the origin of the page. */
  readonly baseUrl?: string | undefined;
  /** API key, or how to get one; asked before each attempt. Without it the browser's session is used. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Further attempts after one that failed for a passing reason. Default 3. */
  readonly retries?: number | undefined;
  /** Milliseconds that one attempt may take; of streams and downloads, until their first byte. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Called before each attempt. */
  readonly onRequest?: ((request: OutgoingRequest) => void | Promise<void>) | undefined;
}

/** Options of every call. */
export interface CallOptions {
  /** Ends the call, its retries and its stream; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retries?: number | undefined;
  /** Ties the call to a trace (`X-Trace-Id`). */
  readonly traceId?: string | undefined;
}

/** Options of a GET. */
export interface ReadOptions extends CallOptions {
  readonly ifNoneMatch?: undefined;
}

/** Options of a GET that gives `undefined` when the object still has this ETag. */
export interface ConditionalOptions extends CallOptions {
  readonly ifNoneMatch: string;
}

/** Options of whatever is not a GET. */
export interface WriteOptions extends CallOptions {
  /** The server answers a repetition with the first reply. Made by the client where the operation knows such keys. */
  readonly idempotencyKey?: string | undefined;
  /** Refuses the change (412) unless the object still has this ETag. */
  readonly ifMatch?: string | undefined;
}

/** Options of a stream of events. */
export interface StreamOptions extends CallOptions {
  /** Goes on after this event. */
  readonly lastEventId?: string | undefined;
  /** How often in a row a connection may break without a new event. Default 10. */
  readonly reconnects?: number | undefined;
  /** Milliseconds of silence after which a connection counts as broken. Default 60,000; the server sends a sign of life every 15 s. */
  readonly idleMs?: number | undefined;
}

/** Asks for another media type than JSON. */
export interface Accepting<Type extends string> {
  readonly accept: Type;
}

/** The options as the runtime sees them: all kinds at once. */
export interface AnyOptions extends CallOptions {
  readonly query?: object | undefined;
  readonly accept?: string | undefined;
  readonly contentType?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly lastEventId?: string | undefined;
  readonly reconnects?: number | undefined;
  readonly idleMs?: number | undefined;
}
