import { randomUUID } from 'node:crypto';
import {
  type Clock,
  type IdempotencyClaim,
  type IdempotencyStore,
  type IdempotentRequest,
  type StoredReply,
  systemClock,
} from '../kernel/index.ts';

interface Held {
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
    this.#makeRoom(now);
    const ticket = randomUUID();
    this.#held.set(nameOf(request), { fingerprint: request.fingerprint, ticket, expiresAt: now + KEPT_MS, reply: undefined });
    return { state: 'claimed', ticket };
  }

  async answer(request: IdempotentRequest, ticket: string, reply: StoredReply): Promise<void> {
    const held = this.#held.get(nameOf(request));
    if (held?.ticket === ticket) this.#held.set(nameOf(request), { ...held, reply });
  }

  async release(request: IdempotentRequest, ticket: string): Promise<void> {
    if (this.#held.get(nameOf(request))?.ticket === ticket) this.#held.delete(nameOf(request));
  }

  /** Keys come from clients: the ended ones go first, then the oldest. */
  #makeRoom(now: number): void {
    if (this.#held.size < MAXIMUM_KEYS) return;
    for (const [name, { expiresAt }] of this.#held) if (expiresAt <= now) this.#held.delete(name);
    for (const name of this.#held.keys()) {
      if (this.#held.size < MAXIMUM_KEYS) return;
      this.#held.delete(name);
    }
  }
}

function nameOf({ tenantId, principalId, key }: IdempotentRequest): string {
  return `${tenantId}:${principalId}:${key}`;
}
