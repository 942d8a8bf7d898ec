import { z } from 'zod';
import type { AppError } from '../../kernel/index.ts';
import type { Layers } from '../policy/layers.ts';
import type { LimitRule, ListRule } from '../policy/rule.ts';
import { refuseBy } from '../policy/subject.ts';
import { secretErrors } from './errors.ts';

/** Where values of secrets are kept: sealed in the database, or where the operator keeps them. */
export const secretBackends = ['stored', 'env', 'file', 'vault'] as const;
export type SecretBackendName = (typeof secretBackends)[number];

export const maximumSecrets: LimitRule = {
  kind: 'limit',
  name: 'max_secrets',
  description: 'Secrets',
  minimum: 0,
  maximum: 1_000_000,
  noun: 'secrets',
};
export const allowedSecretBackends: ListRule = {
  kind: 'allow',
  name: 'allowed_secret_backends',
  description: 'Secrets that are kept in these places only',
  item: z.enum(secretBackends),
  maximumItems: 4,
  covers: (one, other) => one === other,
};

/** Why secrets of a place may not be used; undefined when they may. */
export function refuseBackend(layers: Layers, backend: SecretBackendName): AppError | undefined {
  return refuseBy(layers, {
    allowed: [allowedSecretBackends, (names) => names.includes(backend)],
    error: secretErrors.policy_secret_backend_denied,
    what: `Secrets that are kept in "${backend}" may not be used`,
    instead: 'Keep it elsewhere',
  });
}
