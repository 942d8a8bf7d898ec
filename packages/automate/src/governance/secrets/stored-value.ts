import type { Keyring } from '../keyring/keyring.ts';
import { openValue } from './envelope.ts';
import { secretErrors } from './errors.ts';
import type { StoredSecret } from './secret.store.ts';

/** The value of a secret that is kept here. @throws AppError `secret_unavailable` */
export function openStored(keyring: Keyring, row: StoredSecret): Promise<string> {
  const { tenant_id: tenantId, name, version, sealed, data_key, master_version } = row;
  if (!sealed || !data_key || master_version === undefined)
    throw secretErrors.secret_unavailable(`The secret "${name}" has no value.`);
  return openValue(keyring, { tenantId, name, version }, { sealed, data_key, master_version });
}
