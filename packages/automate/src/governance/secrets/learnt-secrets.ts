import type { Db } from '../../db/index.ts';
import { AppError, errorMessage, type Logger, secretsInUse } from '../../kernel/index.ts';
import type { Keyring } from '../keyring/keyring.ts';
import { secretErrors } from './errors.ts';
import { findStored } from './secret.store.ts';
import { openStored } from './stored-value.ts';

/** Stored values that redaction knows of one tenant. */
const MAXIMUM = 1_000;

export interface LearntSecretsOptions {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly logger: Logger;
}

/** Of which tenants redaction knows the stored values. */
export class LearntSecrets {
  readonly #options: LearntSecretsOptions;
  readonly #tenants = new Map<string, Promise<void> | true>();

  constructor(options: LearntSecretsOptions) {
    this.#options = options;
  }

  /** Undefined when they are known already. @throws AppError `secret_unavailable` */
  learn(tenantId: string): Promise<void> | undefined {
    const known = this.#tenants.get(tenantId);
    if (known) return known === true ? undefined : known;
    const loading = this.#load(tenantId).then(
      () => {
        if (this.#tenants.get(tenantId) === loading) this.#tenants.set(tenantId, true);
      },
      (error: unknown) => {
        this.#tenants.delete(tenantId);
        // Nothing is shown while it cannot be told what must not show.
        if (AppError.is(error)) throw error;
        this.#options.logger.error({ reason: errorMessage(error) }, 'secrets could not be read for redaction');
        throw secretErrors.secret_unavailable('What has to be redacted cannot be read at the moment.', { cause: error });
      },
    );
    this.#tenants.set(tenantId, loading);
    return loading;
  }

  /** They have changed. @param tenantId '' for all tenants */
  forget(tenantId: string): void {
    if (tenantId === '') this.#tenants.clear();
    else this.#tenants.delete(tenantId);
  }

  async #load(tenantId: string): Promise<void> {
    const { db, keyring } = this.#options;
    const rows = await db.asTenant(tenantId, (transaction) => findStored(transaction, tenantId, MAXIMUM));
    const values = await Promise.all(
      rows.map(async (row) => {
        try {
          return await openStored(keyring, row);
        } catch {
          return undefined;
        }
      }),
    );
    secretsInUse.remember(
      tenantId,
      values.filter((value) => value !== undefined),
    );
  }
}
