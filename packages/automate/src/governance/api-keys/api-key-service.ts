import { badCredentials } from '../../api/index.ts';
import type { Db, Queryable } from '../../db/index.ts';
import { actorName, commonErrors, hasScope, invalidInput, newId, type Principal } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import type { Policies } from '../policy/policies.ts';
import { countKeys, findHolding, insertKey, isMadeWith, lockLive, rename, replaceHash, revokeAll } from './api-key.store.ts';
import type { ApiKeys } from './api-key.ts';
import { hashOf, type KeyKind, newKeyValue, prefixOf } from './key-value.ts';
import { maximumApiKeys } from './rules.ts';

export interface ApiKeyServiceOptions {
  readonly db: Db;
  readonly apiKeys: ApiKeys;
  readonly audit: Audit;
  readonly policies: Policies;
  /** Whether the session that asks goes on, and it does until the transaction ends; undefined when none asks. */
  readonly holdSession?: ((transaction: Queryable) => Promise<boolean>) | undefined;
}

export interface RequestedKey {
  readonly name: string;
  readonly kind: KeyKind;
  readonly scopes: readonly string[];
  readonly isStaff: boolean;
  readonly origins: readonly string[];
  readonly expiresAt: string | null;
}

/** What of a key decides who may rotate it. */
interface Held {
  readonly id: string;
  readonly kind: KeyKind;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly is_staff: boolean;
}

/**
 * Makes, rotates and revokes the keys of a tenant. Nobody makes a key that can do more than they, and nobody but the person
 * behind a key gets a value of it: it acts in their name. Others revoke.
 */
export class ApiKeyService {
  readonly #options: ApiKeyServiceOptions;
  readonly #principal: Principal;
  readonly #actor: AuditActor;

  constructor(options: ApiKeyServiceOptions, principal: Principal, actor: AuditActor) {
    this.#options = options;
    this.#principal = principal;
    this.#actor = actor;
  }

  async create(wanted: RequestedKey): Promise<{ id: string; value: string }> {
    this.#requireCovered(wanted.scopes, wanted.isStaff);
    const [id, value] = [newId(), newKeyValue(wanted.kind)];
    const principal = this.#principal;
    await this.#change(async (transaction) => {
      await this.#requireSession(transaction);
      await this.#requireOutlived(transaction, wanted.expiresAt);
      await this.#options.policies.requireRoom(transaction, principal.tenantId, maximumApiKeys, countKeys);
      await insertKey(transaction, {
        id,
        tenant_id: principal.tenantId,
        kind: wanted.kind,
        name: wanted.name,
        prefix: prefixOf(value),
        hash: hashOf(value),
        scopes: [...wanted.scopes],
        is_staff: wanted.isStaff,
        origins: [...wanted.origins],
        expires_at: wanted.expiresAt === null ? null : new Date(wanted.expiresAt),
        created_by: actorName(principal),
        user_id: principal.userId ?? null,
        parent_id: principal.kind === 'api_key' ? principal.id : null,
      });
      await this.#record(transaction, 'api_key.create', id, { after: { ...wanted, prefix: prefixOf(value) } });
    });
    return { id, value };
  }

  /**
   * @throws AppError `forbidden` for a key of somebody else, or that can do or outlive more than who asks; `conflict` for one that
   *   may not be used any more
   */
  async rotate(key: Held, overlapSeconds: number): Promise<string> {
    // Whoever rotates gets to know the new value.
    this.#requireCovered(key.scopes, key.is_staff);
    const prefix = /^[ae]k_live_[0-9a-f]{8}$/.test(key.prefix) ? key.prefix : undefined;
    const value = newKeyValue(key.kind, prefix);
    await this.#change(async (transaction) => {
      await this.#requireSession(transaction);
      await this.#requireOwn(transaction, key.id);
      if (!(await replaceHash(transaction, { id: key.id, hash: hashOf(value), overlapSeconds }))) {
        throw commonErrors.conflict('The key was revoked or has expired: make a new one.');
      }
      await this.#record(transaction, 'api_key.rotate', key.id, { overlap_seconds: overlapSeconds });
    });
    return value;
  }

  /** Revokes the key and every key that was made with it. */
  async revoke(id: string): Promise<void> {
    await this.#change(async (transaction) => {
      for (const { id: revoked } of await revokeAll(transaction, [id])) {
        await this.#record(transaction, 'api_key.revoke', revoked, revoked === id ? {} : { because_of: id });
      }
    });
  }

  async rename(id: string, before: string, after: string): Promise<void> {
    await this.#change(async (transaction) => {
      await rename(transaction, id, after);
      await this.#record(transaction, 'api_key.update', id, { before: { name: before }, after: { name: after } });
    });
  }

  async #change(work: (transaction: Queryable) => Promise<void>): Promise<void> {
    await this.#options.db.asTenant(this.#principal.tenantId, work);
    await this.#options.apiKeys.announce();
  }

  #record(transaction: Queryable, action: string, id: string, diff: Record<string, unknown>): Promise<void> {
    return this.#options.audit.record(transaction, { ...this.#actor, action, target: { type: 'api_key', id }, diff });
  }

  #requireCovered(scopes: readonly string[], isStaff: boolean): void {
    const beyond = scopes.filter((scope) => !hasScope(this.#principal, scope));
    if (beyond.length > 0) throw commonErrors.forbidden(`A key may do no more than you: you lack ${beyond.join(', ')}.`);
    if (isStaff && !this.#principal.isStaff) throw commonErrors.forbidden('Only staff may make keys of staff.');
  }

  /** A session is known from memory: one that has ended meanwhile must not leave behind a key, which goes on. */
  async #requireSession(transaction: Queryable): Promise<void> {
    const { holdSession } = this.#options;
    if (holdSession && !(await holdSession(transaction))) throw badCredentials();
  }

  /** A key that ends must not leave behind one that goes on: it is looked at again, and held until the new one is made. */
  async #requireOutlived(transaction: Queryable, expiresAt: string | null): Promise<void> {
    if (this.#principal.kind !== 'api_key') return;
    const own = await lockLive(transaction, this.#principal.id);
    if (!own) throw badCredentials();
    const { expires_at: end } = own;
    if (end === null || (expiresAt !== null && Date.parse(expiresAt) <= Date.parse(end))) return;
    const message = `must not be later than ${end}, when the key you use expires`;
    throw invalidInput([{ pointer: '/expires_at', code: 'too_late', message }]);
  }

  /**
   * A person rotates their keys. A key rotates itself and what was made with it, so that its revocation reaches all that came
   * from it; keys of the installation, which are the operator's, rotate each other.
   */
  async #requireOwn(transaction: Queryable, id: string): Promise<void> {
    const { id: self, kind, userId = null, isStaff, scopes } = this.#principal;
    const holding = await findHolding(transaction, id);
    if (!holding || holding.user_id !== userId)
      throw commonErrors.forbidden('A key has a new value for the person behind it alone: revoke it, and let them make another.');
    if (kind === 'user') return;
    const own = await lockLive(transaction, self);
    if (!own) throw badCredentials();
    const isOperator = userId === null && isStaff && scopes.includes('*') && own.expires_at === null;
    if (!isOperator && !(await isMadeWith(transaction, id, self)))
      throw commonErrors.forbidden('A key gives new values to itself and to keys that were made with it.');
    const isLonger = own.expires_at !== null && (holding.expires_at === null || holding.expires_at > own.expires_at);
    if (isLonger) throw commonErrors.forbidden('The key would outlive the one you use.');
  }
}
