import { type Db, isUniqueViolation, type Queryable } from '../../db/index.ts';
import { commonErrors, invalidInput, newId, secretsInUse } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Policies } from '../policy/policies.ts';
import { sealValue } from './envelope.ts';
import { maximumSecrets } from './rules.ts';
import { advance, countSecrets, insertSecret, insertVersion, removeOlder, removeSecret, updateFacts } from './secret.store.ts';
import { backendOf, type Secrets } from './secrets.ts';

export interface SecretServiceOptions {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly policies: Policies;
}

export interface NewSecret {
  readonly name: string;
  readonly value?: string | undefined;
  readonly reference?: string | undefined;
  readonly hosts: readonly string[];
  readonly description: string;
}

interface HeldSecret {
  readonly id: string;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly description: string;
  readonly reference: string | null;
  readonly current_version: number;
}

/** Changes the secrets of a tenant. Values go in and never come out here. */
export class SecretService {
  readonly #options: SecretServiceOptions;
  readonly #actor: AuditActor;

  constructor(options: SecretServiceOptions, actor: AuditActor) {
    this.#options = options;
    this.#actor = actor;
  }

  /** @throws AppError `already_exists`, `invalid_input`, `policy_secret_backend_denied`, `policy_limit_reached` */
  async create({ name, value, reference, hosts, description }: NewSecret): Promise<string> {
    const { tenantId, actor } = this.#actor;
    const problem = reference === undefined ? undefined : this.#options.secrets.checkReference(reference);
    if (problem) throw invalidInput([{ pointer: '/reference', code: 'invalid_reference', message: problem }]);
    await this.#options.secrets.requireBackend(tenantId, backendOf(reference ?? null));
    const id = newId();
    const version = value === undefined ? undefined : await this.#seal(name, 1, value);
    const facts = { name, hosts, description, reference: reference ?? null };
    try {
      await this.#change(async (transaction) => {
        await this.#options.policies.requireRoom(transaction, tenantId, maximumSecrets, countSecrets);
        await insertSecret(transaction, { ...facts, id, tenantId, createdBy: actor });
        if (version) await insertVersion(transaction, { ...version, secretId: id, tenantId, version: 1 });
        await this.#record(transaction, 'secret.create', id, { after: facts });
      });
    } catch (error) {
      if (isUniqueViolation(error))
        throw commonErrors.already_exists(`There is a secret "${name}" already: rotate it, or choose another name.`);
      throw error;
    }
    return id;
  }

  async update(
    secret: HeldSecret,
    facts: { description?: string | undefined; hosts?: readonly string[] | undefined },
  ): Promise<void> {
    await this.#change(async (transaction) => {
      await updateFacts(transaction, secret.id, facts);
      const before = { description: secret.description, hosts: secret.hosts };
      await this.#record(transaction, 'secret.update', secret.id, { before, after: { ...before, ...facts } });
    });
  }

  /** @throws AppError `conflict` for a secret that is kept elsewhere, and when somebody else rotated it meanwhile */
  async rotate(secret: HeldSecret, value: string): Promise<void> {
    if (secret.reference !== null) throw commonErrors.conflict(`Its value is kept at ${secret.reference}: change it there.`);
    const next = secret.current_version + 1;
    const version = await this.#seal(secret.name, next, value);
    await this.#change(async (transaction) => {
      if (!(await advance(transaction, secret.id, secret.current_version)))
        throw commonErrors.conflict('The secret was rotated or removed meanwhile: get it again.');
      await insertVersion(transaction, { ...version, secretId: secret.id, tenantId: this.#actor.tenantId, version: next });
      await removeOlder(transaction, secret.id, secret.current_version);
      await this.#record(transaction, 'secret.rotate', secret.id, { name: secret.name, version: next });
    });
  }

  async remove(secret: HeldSecret): Promise<void> {
    await this.#change(async (transaction) => {
      if (await removeSecret(transaction, secret.id))
        await this.#record(transaction, 'secret.delete', secret.id, { name: secret.name });
    });
  }

  async #seal(name: string, version: number, value: string) {
    const { tenantId } = this.#actor;
    secretsInUse.remember(tenantId, [value]);
    return sealValue(this.#options.keyring, { tenantId, name, version }, value);
  }

  async #change(work: (transaction: Queryable) => Promise<void>): Promise<void> {
    await this.#options.db.asTenant(this.#actor.tenantId, work);
    await this.#options.secrets.announce(this.#actor.tenantId);
  }

  #record(transaction: Queryable, action: string, id: string, diff: Record<string, unknown>): Promise<void> {
    return this.#options.audit.record(transaction, { ...this.#actor, action, target: { type: 'secret', id }, diff });
  }
}
