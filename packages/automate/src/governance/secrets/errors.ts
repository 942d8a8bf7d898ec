import { defineErrors } from '../../kernel/index.ts';

export const secretErrors = defineErrors({
  secret_not_found: [404, 'Secret not found'],
  secret_unavailable: [503, 'Secret unavailable'],
  policy_secret_backend_denied: [403, 'Place of a secret not allowed by the policy'],
  secret_host_refused: [403, 'Secret must not be sent there'],
});
