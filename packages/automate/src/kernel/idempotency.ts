/** The reply of a request that was sent with an `Idempotency-Key`. */
export interface StoredReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that carries an `Idempotency-Key`. */
export interface IdempotentRequest {
  readonly tenantId: string;
  /** Who sent it: keys of different callers have nothing to do with each other. */
  readonly principalId: string;
  readonly key: string;
  /** Hash of operation, path and body: a key may not be used for anything else. */
  readonly fingerprint: string;
}

/** What a key is found to be: free (and now taken by this request), in use, used for another request, or answered. */
export type IdempotencyClaim =
  | { readonly state: 'claimed'; readonly ticket: string }
  | { readonly state: 'running' }
  | { readonly state: 'mismatch' }
  | { readonly state: 'answered'; readonly reply: StoredReply };

/** Remembers replies by `Idempotency-Key`, for 24 hours. */
export interface IdempotencyStore {
  /** Atomic: of several requests with one key, one gets it. A key whose holder died is free again after a while. */
  claim(request: IdempotentRequest): Promise<IdempotencyClaim>;
  /** Stores the reply; only the holder of the ticket can. */
  answer(request: IdempotentRequest, ticket: string, reply: StoredReply): Promise<void>;
  /** Gives the key back: the request failed for a reason that is not its own, so it may be sent again. */
  release(request: IdempotentRequest, ticket: string): Promise<void>;
}
