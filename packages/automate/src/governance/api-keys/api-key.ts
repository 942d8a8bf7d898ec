import type { Db } from '../../db/index.ts';
import { errorMessage, intersectScopes, type Logger, newId, type Principal } from '../../kernel/index.ts';
import { type Credential, createCredentialCache } from '../credentials/credential-cache.ts';
import type { Roles } from '../roles/roles.ts';
import { findUsable, insertKey, touch, type UsableKey } from './api-key.store.ts';
import { hashOf, type KeyKind, newKeyValue, prefixOf } from './key-value.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly apiKeys: ApiKeys;
  }
}

/** Channel on which processes tell each other that keys have changed. */
const CHANNEL = 'automate_api_keys';

export interface NewApiKey {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly isStaff: boolean;
  readonly expiresAt?: Date;
  /** Use exactly this value instead of a random one. */
  readonly value?: string;
}

/** What an embed's key stands for: a tenant, on pages of some origins. */
export interface EmbedPrincipal extends Principal {
  readonly origins: readonly string[];
}

export interface ApiKeys {
  /** Makes a key of the installation; the value is returned once and only its SHA-256 is stored. A value that exists already is left as it is. */
  create(key: NewApiKey): Promise<{ id: string; value: string }>;
  /** Who a key stands for, or null when it is unknown, expired, revoked or that of an embed. */
  verify(value: string): Principal | null | Promise<Principal | null>;
  /** The same for the key of an embed. */
  verifyEmbed(value: string): Promise<EmbedPrincipal | null>;
  /** Says that keys have changed: every process looks them up again. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

export interface ApiKeysOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly roles: Pick<Roles, 'scopesOf'>;
}

/** Keys are looked up together and held in memory for less than a second, since they are checked on every request. */
export async function createApiKeys({ db, logger, roles }: ApiKeysOptions): Promise<ApiKeys> {
  const cache = await createCredentialCache({
    db,
    logger,
    channel: CHANNEL,
    load: (hashes) => loadKeys(hashes, { db, logger, roles }),
  });

  return {
    async create({ tenantId, name, scopes, isStaff, expiresAt, value = newKeyValue('secret') }) {
      const id = newId();
      await insertKey(db, {
        id,
        tenant_id: tenantId,
        kind: 'secret',
        name,
        prefix: prefixOf(value),
        hash: hashOf(value),
        scopes: [...scopes],
        is_staff: isStaff,
        origins: [],
        expires_at: expiresAt ?? null,
        created_by: null,
        user_id: null,
        parent_id: null,
      });
      await cache.announce();
      return { id, value };
    },
    verify(value) {
      const found = findAny(value);
      return found instanceof Promise ? found.then((key) => ofKind(key, 'secret')) : ofKind(found, 'secret');
    },
    async verifyEmbed(value) {
      return ofKind(await findAny(value), 'embed');
    },
    announce: () => cache.announce(),
    close: () => cache.close(),
  };

  function findAny(value: string) {
    if (value.length < 16 || value.length > 512) return null;
    return cache.find(hashOf(value).toString('base64')) as KeyPrincipal | Promise<KeyPrincipal | null>;
  }
}

async function loadKeys(
  hashes: readonly string[],
  { db, logger, roles }: ApiKeysOptions,
): Promise<ReadonlyMap<string, Credential>> {
  const rows = await findUsable(
    db,
    hashes.map((hash) => Buffer.from(hash, 'base64')),
  );
  const idle = rows.filter((row) => !row.was_used_lately).map((row) => row.id);
  // When a key was last used is told to the minute; that it could not be noted is no reason to refuse it.
  if (idle.length > 0)
    await touch(db, idle).catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'last use not noted'));
  return new Map(rows.map((row) => [Buffer.from(row.found_by).toString('base64'), toCredential(row, roles)]));
}

interface KeyPrincipal extends EmbedPrincipal {
  readonly keyKind: KeyKind;
}

function ofKind(key: KeyPrincipal | null, kind: KeyKind): KeyPrincipal | null {
  return key?.keyKind === kind ? key : null;
}

/** A key can do no more than the user behind it can at this moment. */
function toCredential(row: UsableKey, roles: Pick<Roles, 'scopesOf'>): Credential {
  const principal: KeyPrincipal = {
    id: row.id,
    kind: 'api_key',
    keyKind: row.kind,
    tenantId: row.tenant_id,
    isStaff: row.is_staff,
    scopes: row.role === null ? row.scopes : intersectScopes(row.scopes, roles.scopesOf(row.role)),
    origins: row.origins,
    ...(row.user_id !== null && { userId: row.user_id }),
  };
  return { principal, ...(row.expires_at !== null && { expiresAt: new Date(row.expires_at) }) };
}
