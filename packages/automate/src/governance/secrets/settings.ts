import { resolve } from 'node:path';
import { z } from 'zod';
import { type Settings, startingWith } from '../../kernel/index.ts';
import { setting } from '../../platform/index.ts';

/** Where values of secrets may be kept. */
export const secretSettings = z
  .object({
    secretsDirectory: z.string().min(1).optional().meta({
      variable: 'AUTOMATE_SECRETS_DIR',
      description: 'what `file://` [references](secrets.md#where-a-value-is-kept) may read',
      bounds: 'a folder',
    }),
    vaultUrl: setting.httpUrl().optional().meta({
      variable: 'AUTOMATE_VAULT_URL',
      description: 'HashiCorp Vault or OpenBao, for `vault://`',
      bounds: '`http` or `https` URL; together with the next',
    }),
    vaultToken: z.string().min(1).optional().meta({ variable: 'AUTOMATE_VAULT_TOKEN', description: 'its token' }),
    vaultNamespace: z
      .string()
      .min(1)
      .optional()
      .meta({ variable: 'AUTOMATE_VAULT_NAMESPACE', description: 'its namespace, where it has some' }),
  })
  .refine(({ vaultUrl, vaultToken }) => (vaultUrl === undefined) === (vaultToken === undefined), {
    error: 'AUTOMATE_VAULT_URL and AUTOMATE_VAULT_TOKEN must be set together',
  });

export interface SecretSettings {
  /** Folder that no reference may read: it holds our own key. */
  readonly ownDirectory: string;
  /** Folder that `file://` references may read, and nothing outside of it. */
  readonly directory: string | undefined;
  readonly vault: VaultSettings | undefined;
  /** Values of `AUTOMATE_SECRET_<NAME>` by `<NAME>`. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface VaultSettings {
  readonly url: string;
  readonly token: string;
  readonly namespace: string | undefined;
}

/** @param core where the installation keeps its own key, and every variable */
export function secretSettingsOf(
  { secretsDirectory, vaultUrl: url, vaultToken: token, vaultNamespace: namespace }: z.output<typeof secretSettings>,
  { dataDirectory, variables }: Pick<Settings, 'dataDirectory' | 'variables'>,
): SecretSettings {
  // These begin like the names of secrets, and are the installation's own keys.
  const { KEY: _, KEY_PREVIOUS: __, ...environment } = startingWith('AUTOMATE_SECRET_', variables);
  return {
    ownDirectory: dataDirectory,
    directory: secretsDirectory && resolve(secretsDirectory),
    vault: url !== undefined && token !== undefined ? { url, token, namespace } : undefined,
    environment,
  };
}
