import type { Secrets } from '../../governance/index.ts';
import { isHostAllowed } from '../../outbound/index.ts';
import { gatewayErrors } from '../errors.ts';

/**
 * The value of a provider's key, when it may be sent to the provider's host.
 * @throws AppError `secret_not_found`, `secret_unavailable`, `key_host_refused`
 */
export async function keyOf(
  secrets: Pick<Secrets, 'resolve'>,
  provider: { readonly tenantId: string; readonly secret: string; readonly url: URL },
): Promise<string> {
  const [secret] = await secrets.resolve(provider.tenantId, [provider.secret]);
  if (!secret || !isHostAllowed(provider.url, secret.hosts)) {
    throw gatewayErrors.key_host_refused(
      `The secret "${provider.secret}" must not be sent to ${provider.url.host}: add this host to the hosts of the secret, or name another secret.`,
    );
  }
  return secret.value;
}

/** The pattern that lets a secret go to the host of a URL and nowhere else. */
export function hostPatternOf(url: URL): string {
  return url.port === '' ? url.hostname : `${url.hostname}:${url.port}`;
}
