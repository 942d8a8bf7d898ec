/** The reply of a request that was sent with an `Idempotency-Key`. */
export interface StoredReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when it was too large to be kept: what is known is that the request was done, and with which status. */
  readonly body: string | null;
}

/** How many bytes of replies are kept. */
export const keptReplies = {
  /** Of one reply. */
  most: 256 * 1_024,
  /** Of all replies of a tenant. */
  mostOfTenant: 64 * 1_048_576,
  /** Of a reply that counts as small: those are kept until there is no room at all, larger ones only in the first half of it. */
  small: 4_096,
} as const;

/** The reply without what is not kept of it. */
export function withoutBody({ status }: StoredReply): StoredReply {
  return { status, headers: {}, body: null };
}

/** About the bytes that a reply takes. */
export function sizeOfReply({ headers, body }: StoredReply): number {
  if (body === null) return 0;
  return Buffer.byteLength(body) + Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** Bytes of a tenant's replies, itself included, up to which a reply of this size is kept. */
export function roomFor(size: number): number {
  const { small, mostOfTenant } = keptReplies;
  return size <= small ? mostOfTenant : mostOfTenant / 2;
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
  /** Stores the reply, without its body where there is no room for that; only the holder of the ticket can. */
  answer(request: IdempotentRequest, ticket: string, reply: StoredReply): Promise<void>;
  /** Gives the key back: the request failed for a reason that is not its own, so it may be sent again. */
  release(request: IdempotentRequest, ticket: string): Promise<void>;
}
