import type { Db } from '../../db/index.ts';
import { AppError, createBatcher, errorMessage, type Logger, secretsInUse } from '../../kernel/index.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Policies } from '../policy/policies.ts';
import type { SecretBackend } from './backends/backend.ts';
import { environmentBackend } from './backends/environment.ts';
import { fileBackend } from './backends/file.ts';
import { vaultBackend } from './backends/vault.ts';
import { openValue, type SealedValue } from './envelope.ts';
import { secretErrors } from './errors.ts';
import { refuseBackend, type SecretBackendName } from './rules.ts';
import { findSecrets, findStored, type StoredSecret } from './secret.store.ts';
import type { SecretSettings } from './settings.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly secrets: Secrets;
  }
}

/** A secret while it is used. */
export interface ResolvedSecret {
  readonly name: string;
  readonly value: string;
  /** Hosts it may be sent to. */
  readonly hosts: readonly string[];
}

/** Reads secrets for whatever uses them. */
export interface Secrets {
  /**
   * The values of a tenant's secrets as they are at this moment; calls at the same time share one query.
   * @throws AppError `secret_not_found`, `secret_unavailable`
   */
  resolve(tenantId: string, names: readonly string[]): Promise<ResolvedSecret[]>;
  /** What is wrong with a reference such as `vault://kv/shop#key`, for the moment it is saved. */
  checkReference(reference: string): string | undefined;
  /** @throws AppError `policy_secret_backend_denied` */
  requireBackend(tenantId: string, backend: SecretBackendName): Promise<void> | undefined;
  /** Makes redaction know the stored values of a tenant. Undefined when it does already. */
  learn(tenantId: string): Promise<void> | undefined;
  /** Says that the secrets of a tenant have changed, to every process. */
  announce(tenantId: string): Promise<void>;
  close(): Promise<void>;
}

export interface SecretsOptions {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly settings: SecretSettings;
  readonly logger: Logger;
  readonly policies: Pick<Policies, 'requiring'>;
}

const CHANNEL = 'automate_secrets';
/** Stored values that redaction knows of one tenant. */
const MAXIMUM_LEARNT = 1_000;

export async function createSecrets({ db, keyring, settings, logger, policies }: SecretsOptions): Promise<Secrets> {
  const vault = vaultBackend(settings.vault, logger);
  const backends = new Map<string, SecretBackend>([
    ['env', environmentBackend(settings.environment)],
    ['file', fileBackend(settings.directory, settings.ownDirectory)],
    ['vault', vault],
  ]);
  const requireBackend = policies.requiring(refuseBackend);
  const learnt = new Map<string, Promise<void> | true>();
  const stopListening = await db.listen(CHANNEL, (tenantId) => {
    if (tenantId === '') learnt.clear();
    else learnt.delete(tenantId);
  });

  const find = createBatcher<{ tenantId: string; name: string }, StoredSecret | undefined>({
    async flush(wanted) {
      const byKey = new Map((await findSecrets(db, wanted)).map((row) => [`${row.tenant_id} ${row.name}`, row]));
      return wanted.map(({ tenantId, name }) => byKey.get(`${tenantId} ${name}`));
    },
  });

  async function resolveOne(tenantId: string, name: string): Promise<ResolvedSecret> {
    const row = await find({ tenantId, name });
    if (!row) throw secretErrors.secret_not_found(`There is no secret "${name}".`);
    await requireBackend(tenantId, backendOf(row.reference));
    const value = row.reference === null ? await open(row) : await readReference(row.reference);
    secretsInUse.remember(tenantId, [value]);
    return { name, value, hosts: row.hosts };
  }

  function open(row: StoredSecret): Promise<string> {
    const { tenant_id: tenantId, name, version, sealed, data_key, master_version } = row;
    if (!sealed || !data_key || master_version === undefined) {
      throw secretErrors.secret_unavailable(`The secret "${name}" has no value.`);
    }
    return openValue(keyring, { tenantId, name, version }, { sealed, data_key, master_version } satisfies SealedValue);
  }

  async function readReference(reference: string): Promise<string> {
    const { backend, path } = parse(reference);
    if (!backend) throw secretErrors.secret_unavailable('The reference names no place that is known.');
    return backend.read(path);
  }

  function parse(reference: string): { backend: SecretBackend | undefined; path: string } {
    const [, scheme = '', path = ''] = /^([a-z]+):\/\/(.*)$/s.exec(reference) ?? [];
    return { backend: backends.get(scheme), path };
  }

  async function load(tenantId: string): Promise<void> {
    const rows = await db.asTenant(tenantId, (transaction) => findStored(transaction, tenantId, MAXIMUM_LEARNT));
    const values = await Promise.all(rows.map((row) => open(row).catch(() => undefined)));
    secretsInUse.remember(
      tenantId,
      values.filter((value) => value !== undefined),
    );
  }

  return {
    resolve: (tenantId, names) => Promise.all(names.map((name) => resolveOne(tenantId, name))),
    checkReference(reference) {
      const { backend, path } = parse(reference);
      return backend ? backend.check(path) : `must start with ${[...backends.keys()].map((name) => `${name}://`).join(', ')}`;
    },
    requireBackend,
    learn(tenantId) {
      const known = learnt.get(tenantId);
      if (known) return known === true ? undefined : known;
      const loading = load(tenantId).then(
        () => {
          if (learnt.get(tenantId) === loading) learnt.set(tenantId, true);
        },
        (error: unknown) => {
          learnt.delete(tenantId);
          // Nothing is shown while it cannot be told what must not show.
          if (AppError.is(error)) throw error;
          logger.error({ reason: errorMessage(error) }, 'secrets could not be read for redaction');
          throw secretErrors.secret_unavailable('What has to be redacted cannot be read at the moment.', { cause: error });
        },
      );
      learnt.set(tenantId, loading);
      return loading;
    },
    async announce(tenantId) {
      learnt.delete(tenantId);
      await db.notify(CHANNEL, tenantId);
    },
    async close() {
      await stopListening();
      await vault.close();
    },
  };
}

/** Where the value of a secret is kept. */
export function backendOf(reference: string | null): SecretBackendName {
  return reference === null ? 'stored' : (reference.slice(0, reference.indexOf('://')) as SecretBackendName);
}
