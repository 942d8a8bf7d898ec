import { AppError } from '../../kernel/index.ts';
import { failureOf } from './kinds/failure.ts';

/** What is in the way of a provider. */
export const probeCauses = [
  'missing',
  'key_missing',
  'key_host',
  'key',
  'dns',
  'guard',
  'tls',
  'unreachable',
  'timeout',
  'address',
  'model',
  'task',
  'request',
  'limit',
  'unpaid',
  'filter',
  'server',
  'broken',
  'unknown',
] as const;
export type ProbeCause = (typeof probeCauses)[number];

/** What to do about it. */
export const probeAdvice: Readonly<Record<ProbeCause, string>> = {
  missing: 'Install what is missing on the machine of the server.',
  key_missing: 'Give the provider a key.',
  key_host: 'Add the host to the hosts of the secret, or give the key again for this address.',
  key: 'Give the key again, and see whether the vendor allows it this model.',
  dns: 'See whether the host of the base URL is spelt as the vendor spells it, and whether the server can resolve it.',
  guard: 'Have the operator allow the host (AUTOMATE_OUTBOUND_ALLOW_HOSTS), or the policy of the tenant.',
  tls: 'See whether the certificate of the host is valid for it, and whether the base URL should begin with http: or https:.',
  unreachable: 'See whether something listens there, and whether a firewall is between.',
  timeout: 'See whether the host can be reached and the model is loaded, and try again.',
  address: 'See whether the base URL ends where the vendor says, such as in /v1.',
  model: 'Name one of the models that are listed.',
  task: 'Choose a task that the provider can do.',
  request: 'Change what the vendor names.',
  limit: 'Wait as long as it says, or have the vendor raise the limit.',
  unpaid: 'Pay the vendor, or raise the limit of spending there.',
  filter: 'The filter of the vendor refuses this: ask something else.',
  server: 'The vendor has trouble: try again later.',
  broken: 'What answers does not speak the protocol of this kind: see whether it is the right kind and base URL.',
  unknown: 'Try again; the log of the server says more.',
};

const CODES: Readonly<Record<string, ProbeCause>> = {
  provider_missing: 'missing',
  key_host_refused: 'key_host',
  secret_not_found: 'key_missing',
  secret_unavailable: 'key_missing',
  policy_host_denied: 'guard',
};
const TLS = /^(CERT_|ERR_(TLS|SSL)|UNABLE_TO_|EPROTO|DEPTH_ZERO|HOSTNAME_MISMATCH)|SELF_SIGNED/;
const MOST_CAUSES = 8;

/** What of a provider is in the way. @param isCall whether a model was asked, and not the list of them */
export function probeCauseOf(error: unknown, isCall: boolean): ProbeCause {
  const chain = chainOf(error);
  for (const each of chain) {
    const cause = wayCauseOf(each);
    if (cause) return cause;
  }
  if (error instanceof TypeError && isCall && !('statusCode' in error) && chain.length === 1) return 'task';
  const { reason, isRetryable } = failureOf(error);
  switch (reason) {
    case 'auth':
      return 'key';
    case 'rate_limited':
      return isRetryable ? 'limit' : 'unpaid';
    case 'not_found':
      return isCall ? 'model' : 'address';
    case 'invalid_request':
    case 'context_length':
      return 'request';
    case 'content_filter':
      return 'filter';
    case 'overloaded':
    case 'server':
      return 'server';
    case 'timeout':
      return 'timeout';
    case 'network':
      return 'unreachable';
    default:
      return 'broken';
  }
}

/** Where no answer came. */
function wayCauseOf(error: Error): ProbeCause | undefined {
  const code = String((error as { code?: unknown }).code ?? '');
  const known = CODES[code];
  if (known) return known;
  if (code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EAI_AGAIN') return 'dns';
  if (TLS.test(code)) return 'tls';
  if (!AppError.is(error) || code !== 'outbound_refused') return undefined;
  return chainOf(error).length > 1 ? undefined : 'guard';
}

function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < MOST_CAUSES; at = at.cause) chain.push(at);
  return chain;
}
