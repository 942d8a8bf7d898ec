import { gatewayErrors } from '../../errors.ts';

/**
 * The key of a provider that cannot do without. Libraries that get none look for one in the environment, which is somebody else's.
 * @throws AppError `provider_missing`
 */
export function requiredKey(key: string | undefined, what: string): string {
  if (key === undefined || key.trim() === '')
    throw gatewayErrors.provider_missing(`The provider has no key: set \`api_key\` to ${what}.`);
  return key.trim();
}
