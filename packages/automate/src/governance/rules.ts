import { maximumApiKeys } from './api-keys/rules.ts';
import { allowedHosts, deniedHosts } from './policy/host-rules.ts';
import type { PolicyRule } from './policy/rule.ts';
import { allowedSecretBackends, maximumSecrets } from './secrets/rules.ts';

/** What the policy of a tenant can say about hosts, keys and secrets. */
export const governanceRules: readonly PolicyRule[] = [
  allowedHosts,
  deniedHosts,
  allowedSecretBackends,
  maximumApiKeys,
  maximumSecrets,
];
