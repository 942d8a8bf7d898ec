import { isHostAllowed } from '../../outbound/index.ts';
import { StepError } from './step-error.ts';

/** A secret goes to its own hosts and nowhere else. @param hosts a list for each secret @throws StepError `secret_host_refused` */
export function requireSecretHosts(url: URL, hosts: readonly (readonly string[])[]): void {
  if (hosts.every((allowed) => isHostAllowed(url, allowed))) return;
  throw new StepError({
    code: 'secret_host_refused',
    // The URL itself may be the secret, and where a redirect leads the other side decides: neither is told.
    detail:
      'A secret of this step may not be sent to the host that its URL, or a redirect, leads to: add it to the hosts of the secret.',
    isRetryable: false,
  });
}
