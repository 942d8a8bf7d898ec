import type { Db } from '../../db/index.ts';
import { createBatcher, type Logger, secretsInUse } from '../../kernel/index.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Policies } from '../policy/policies.ts';
import type { SecretBackend } from './backends/backend.ts';
import { environmentBackend } from './backends/environment.ts';
import { fileBackend } from './backends/file.ts';
import { vaultBackend } from './backends/vault.ts';
import { secretErrors } from './errors.ts';
import { LearntSecrets } from './learnt-secrets.ts';
import { refuseBackend, type SecretBackendName } from './rules.ts';
import { findSecrets, type StoredSecret } from './secret.store.ts';
import type { SecretSettings } from './settings.ts';
import { openStored } from './stored-value.ts';

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
  /** Calls the listener when secrets may have changed, in whatever process. @param listener gets '' when it may be any tenant's */
  onChanged(listener: (tenantId: string) => void): void;
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

export async function createSecrets({ db, keyring, settings, logger, policies }: SecretsOptions): Promise<Secrets> {
  const vault = vaultBackend(settings.vault, logger);
  const backends = new Map<string, SecretBackend>([
    ['env', environmentBackend(settings.environment)],
    ['file', fileBackend(settings.directory, settings.ownDirectory)],
    ['vault', vault],
  ]);
  const requireBackend = policies.requiring(refuseBackend);
  const learnt = new LearntSecrets({ db, keyring, logger });
  const listeners: ((tenantId: string) => void)[] = [];
  const forget = (tenantId: string) => {
    learnt.forget(tenantId);
    for (const listener of listeners) listener(tenantId);
  };
  const stopListening = await db.listen(CHANNEL, forget);

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
    const value = row.reference === null ? await openStored(keyring, row) : await readReference(row.reference);
    secretsInUse.remember(tenantId, [value]);
    return { name, value, hosts: row.hosts };
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

  return {
    resolve: (tenantId, names) => Promise.all(names.map((name) => resolveOne(tenantId, name))),
    checkReference(reference) {
      const { backend, path } = parse(reference);
      return backend ? backend.check(path) : `must start with ${[...backends.keys()].map((name) => `${name}://`).join(', ')}`;
    },
    requireBackend,
    learn: (tenantId) => learnt.learn(tenantId),
    onChanged: (listener) => void listeners.push(listener),
    async announce(tenantId) {
      forget(tenantId);
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
