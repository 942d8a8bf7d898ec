import { z } from 'zod';
import type { AppError } from '../../kernel/index.ts';
import { coversHost, isHostAllowed, isHostNamed, isHostPattern } from '../../outbound/index.ts';
import { policyErrors } from './errors.ts';
import type { Layers } from './layers.ts';
import type { ListRule } from './rule.ts';
import { refuseBy } from './subject.ts';

const HostPattern = z
  .string()
  .max(260)
  .toLowerCase()
  .refine(isHostPattern, 'must be like "api.example.com", "*.example.com" or "api.example.com:8443"');

export const allowedHosts: ListRule = {
  kind: 'allow',
  name: 'allowed_hosts',
  description: 'Outgoing calls to these hosts only; without a port: that of the scheme',
  item: HostPattern,
  maximumItems: 200,
  covers: coversHost,
};
export const deniedHosts: ListRule = {
  kind: 'deny',
  name: 'denied_hosts',
  description: 'No outgoing calls to these hosts; without a port: on any',
  item: HostPattern,
  maximumItems: 200,
  covers: coversHost,
};

/** Why a URL may not be called; undefined when it may. */
export function refuseHost(layers: Layers, url: URL): AppError | undefined {
  return refuseBy(layers, {
    allowed: [allowedHosts, (patterns) => isHostAllowed(url, patterns)],
    denied: [deniedHosts, (patterns) => isHostNamed(url, patterns)],
    error: policyErrors.policy_host_denied,
    what: `The host ${url.host} may not be called`,
    instead: 'Call another host',
  });
}
