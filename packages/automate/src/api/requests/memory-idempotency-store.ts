import { randomUUID } from 'node:crypto';
import {
  type Clock,
  type IdempotencyClaim,
  type IdempotencyStore,
  type IdempotentRequest,
  roomFor,
  type StoredReply,
  sizeOfReply,
  systemClock,
  withoutBody,
} from '../../kernel/index.ts';

interface Held {
  readonly tenantId: string;
  readonly fingerprint: string;
  readonly ticket: string;
  readonly expiresAt: number;
  readonly reply: StoredReply | undefined;
}

const KEPT_MS = 24 * 3_600_000;
const MAXIMUM_KEYS = 10_000;

/**
 * Replies in the memory of one process: every process has its own, and a restart forgets.
 * @example
 * createApi({ router, services: { models, idempotency: new MemoryIdempotencyStore() } });
 */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #held = new Map<string, Held>();
  /** Bytes of replies by tenant. */
  readonly #kept = new Map<string, number>();
  readonly #clock: Clock;

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  async claim(request: IdempotentRequest): Promise<IdempotencyClaim> {
    const now = this.#clock.now().getTime();
    const held = this.#held.get(nameOf(request));
    if (held && held.expiresAt > now) {
      if (held.fingerprint !== request.fingerprint) return { state: 'mismatch' };
      return held.reply ? { state: 'answered', reply: held.reply } : { state: 'running' };
    }
    this.#drop(nameOf(request));
    this.#makeRoom(now);
    const ticket = randomUUID();
    const { tenantId, fingerprint } = request;
    this.#held.set(nameOf(request), { tenantId, fingerprint, ticket, expiresAt: now + KEPT_MS, reply: undefined });
    return { state: 'claimed', ticket };
  }

  async answer(request: IdempotentRequest, ticket: string, reply: StoredReply): Promise<void> {
    const held = this.#held.get(nameOf(request));
    if (held?.ticket !== ticket) return;
    const { tenantId } = request;
    const kept = this.#kept.get(tenantId) ?? 0;
    const stored = kept + sizeOfReply(reply) <= roomFor(sizeOfReply(reply)) ? reply : withoutBody(reply);
    this.#held.set(nameOf(request), { ...held, reply: stored });
    this.#kept.set(tenantId, kept + sizeOfReply(stored));
  }

  async release(request: IdempotentRequest, ticket: string): Promise<void> {
    const name = nameOf(request);
    if (this.#held.get(name)?.ticket === ticket) this.#drop(name);
  }

  #drop(name: string): void {
    const held = this.#held.get(name);
    this.#held.delete(name);
    if (!held?.reply) return;
    const kept = (this.#kept.get(held.tenantId) ?? 0) - sizeOfReply(held.reply);
    if (kept > 0) this.#kept.set(held.tenantId, kept);
    else this.#kept.delete(held.tenantId);
  }

  /** Keys come from clients: the ended ones go first, then the oldest. */
  #makeRoom(now: number): void {
    if (this.#held.size < MAXIMUM_KEYS) return;
    for (const [name, { expiresAt }] of this.#held) if (expiresAt <= now) this.#drop(name);
    for (const name of this.#held.keys()) {
      if (this.#held.size < MAXIMUM_KEYS) return;
      this.#drop(name);
    }
  }
}

function nameOf({ tenantId, principalId, key }: IdempotentRequest): string {
  return `${tenantId}:${principalId}:${key}`;
}
