import { randomBytes } from 'node:crypto';
import type { Keyring } from '../keyring/keyring.ts';
import { openBytes, sealBytes } from '../keyring/seal.ts';

/** What a stored value belongs to: it opens there and nowhere else. */
export interface SecretPlace {
  readonly tenantId: string;
  readonly name: string;
  readonly version: number;
}

export interface SealedValue {
  readonly sealed: Uint8Array;
  readonly data_key: Uint8Array;
  readonly master_version: number;
}

/** Seals a value with a new data key, and wraps that with the newest master key. Not within a transaction: it may ask the database. */
export async function sealValue(keyring: Keyring, place: SecretPlace, value: string): Promise<SealedValue> {
  const key = randomBytes(32);
  const context = contextOf(place);
  const { version, wrapped } = await keyring.wrap(key, context);
  return { sealed: sealBytes(key, Buffer.from(value), context), data_key: wrapped, master_version: version };
}

/** @throws AppError `sealed_value_damaged` */
export async function openValue(keyring: Keyring, place: SecretPlace, value: SealedValue): Promise<string> {
  const context = contextOf(place);
  const key = await keyring.unwrap(value.master_version, value.data_key, context);
  return openBytes(key, value.sealed, context).toString('utf8');
}

/** Wraps the data key with the newest master key; the value itself stays as it is. */
export async function rewrap(keyring: Keyring, place: SecretPlace, value: Omit<SealedValue, 'sealed'>) {
  const context = contextOf(place);
  const key = await keyring.unwrap(value.master_version, value.data_key, context);
  const { version, wrapped } = await keyring.wrap(key, context);
  return { data_key: wrapped, master_version: version };
}

function contextOf({ tenantId, name, version }: SecretPlace): string {
  return JSON.stringify(['secret', tenantId, name, version]);
}
