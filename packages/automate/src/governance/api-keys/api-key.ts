import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../../db/index.ts';
import { type Logger, newId, type Principal } from '../../kernel/index.ts';
import { findByHash, insertApiKey } from './api-key.store.ts';

/** Channel on which processes tell each other that keys have changed. */
const CHANNEL = 'automate_api_keys';
/** How long a key is trusted without looking, should a notification get lost. */
const TRUST_MS = 15_000;
const MAXIMUM_ENTRIES = 10_000;

export interface NewApiKey {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly isStaff: boolean;
  readonly expiresAt?: Date;
  /** Use exactly this value instead of a random one. */
  readonly value?: string;
}

export interface ApiKeys {
  /** Makes a key; the value is returned once and only its SHA-256 is stored. A value that exists already is left as it is. */
  create(key: NewApiKey): Promise<{ id: string; value: string }>;
  /** Who a key stands for, or null when it is unknown, expired or revoked. */
  verify(value: string): Promise<Principal | null>;
}

/** Keys are looked up once and then held in memory, since they are checked on every request. */
export async function createApiKeys({ db, logger }: { db: Db; logger: Logger }): Promise<ApiKeys> {
  const trusted = new Map<string, { principal: Principal; until: number }>();
  await db.listen(CHANNEL, () => trusted.clear());

  return {
    async create(key) {
      const id = newId();
      const value = key.value ?? newKeyValue();
      await insertApiKey(db, { ...key, id, prefix: prefixOf(value), hash: hashOf(value) });
      await db.notify(CHANNEL, id);
      return { id, value };
    },
    async verify(value) {
      if (value.length < 16 || value.length > 512) return null;
      const hash = hashOf(value);
      const cacheKey = hash.toString('base64');
      const known = trusted.get(cacheKey);
      if (known && known.until > Date.now()) return known.principal;
      const row = await findByHash(db, hash);
      if (!row) return null;
      const principal: Principal = {
        id: row.id,
        kind: 'api_key',
        tenantId: row.tenant_id,
        isStaff: row.is_staff,
        scopes: row.scopes,
      };
      if (trusted.size >= MAXIMUM_ENTRIES) trusted.clear();
      const expires = row.expires_at ? Date.parse(row.expires_at) : Number.POSITIVE_INFINITY;
      trusted.set(cacheKey, { principal, until: Math.min(Date.now() + TRUST_MS, expires) });
      logger.debug({ api_key_id: row.id }, 'API key loaded');
      return principal;
    },
  };
}

/** `ak_live_<8 characters to tell it by>_<256 random bits>`. */
function newKeyValue(): string {
  return `ak_live_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** Enough to tell one of our keys from another; of a value that was given, hardly anything, since it may be short. */
function prefixOf(value: string): string {
  return /^ak_live_[0-9a-f]{8}_/.test(value) ? value.slice(0, 16) : `${value.slice(0, 3)}…`;
}

/** Keys hold 256 random bits, so a fast hash is enough; the database compares it, so timing tells nothing about the key. */
function hashOf(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
