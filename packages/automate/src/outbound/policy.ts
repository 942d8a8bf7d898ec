import { AppError } from '../kernel/index.ts';
import { canonicalAddress, classifyAddress, isInRange, neverByName, parseRange } from './address.ts';
import { outboundErrors } from './errors.ts';
import type { Target } from './target.ts';

/** What the operator opens beyond the public internet. */
export interface OutboundPolicy {
  /**
   * `host`, `host:port` or `cidr`. A host or a literal address may then be private, and with a port any port is open.
   * A CIDR opens literal addresses inside it; a name that resolves into it has to be listed itself.
   */
  readonly allowHosts?: readonly string[];
  /** When given, listed names may resolve to private addresses inside these ranges only. */
  readonly allowCidrs?: readonly string[];
}

/** A parsed policy: answers whether a target and its addresses may be dialled. */
export interface Guard {
  /** Checks name and port, before any look-up. @throws AppError `outbound_refused` */
  checkTarget(target: Target): void;
  /** Checks every address the name resolved to. @throws AppError `outbound_refused` */
  checkAddresses(target: Target, addresses: readonly string[]): void;
  /** Whether the operator listed this host, so that its name may be looked up in local sources too. */
  isListed(target: Target): boolean;
}

type Ranges = NonNullable<ReturnType<typeof parseRange>>[];
interface Entry {
  readonly host: string;
  readonly port: number | undefined;
}

// Names that machines give themselves (RFC 6761, 6762, 8375) or that clouds give to their metadata service.
const LOCAL_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa|onion)$/;
// Ports of well-known services that a request could be smuggled to; below 1024 only the web's own ports are open.
const CLOSED_PORTS = new Set([
  1080, 1099, 1194, 1433, 1434, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2377, 2379, 2380, 3128, 3306, 3389, 3659, 4045,
  4190, 4369, 5037, 5060, 5061, 5432, 5433, 5672, 5671, 5900, 5984, 5985, 5986, 6000, 6379, 6380, 6443, 6566, 6665, 6666, 6667,
  6668, 6669, 6679, 6697, 7001, 7077, 7474, 7687, 8086, 8500, 8600, 9042, 9092, 9160, 9200, 9300, 10080, 10250, 10255, 11211,
  15672, 25672, 27017, 27018, 27019, 28015, 50000, 50070, 61616,
]);

/** @throws AppError `invalid_settings` when an entry of the policy cannot be read, so that a typing error is found at start. */
export function createGuard(policy: OutboundPolicy = {}): Guard {
  const entries: Entry[] = [];
  const literalRanges: Ranges = [];
  for (const text of policy.allowHosts ?? []) {
    const range = parseRange(text);
    if (range) literalRanges.push(range);
    else entries.push(parseEntry(text));
  }
  const bounds = policy.allowCidrs?.map((text) => parseRange(text) ?? invalid(text));
  if (entries.length === 0) literalRanges.push(...(bounds ?? []));

  const entriesOf = (target: Target) =>
    entries.filter((entry) => entry.host === target.host && (entry.port === undefined || entry.port === target.port));
  const isLiteralOpen = (target: Target) => target.literal !== undefined && isInAny(target.literal, literalRanges);
  const isListed = (target: Target) => entriesOf(target).length > 0 || isLiteralOpen(target);

  return {
    isListed,
    checkTarget(target) {
      if (LOCAL_NAME.test(target.host) && !isListed(target)) throw refuse(target, 'is a local name');
      if (!target.literal && !target.host.includes('.') && !isListed(target)) throw refuse(target, 'is a local name');
      const isPortListed = entriesOf(target).some((entry) => entry.port === target.port);
      if (!isPortOpen(target.port) && !isPortListed) throw refuse(target, `must not be called on port ${target.port}`);
    },
    checkAddresses(target, addresses) {
      if (addresses.length === 0) throw refuse(target, 'has no address');
      for (const address of addresses) {
        const name = classifyAddress(address);
        if (name === 'public' || (isListed(target) && isOpen(target, address, name))) continue;
        throw refuse(target, `${target.literal ? 'is' : 'resolves to'} an address of the class ${name}`);
      }
    },
  };

  function isOpen(target: Target, address: string, name: string): boolean {
    if (target.literal) return name !== 'invalid';
    if (bounds) return isInAny(address, bounds);
    return !neverByName.has(name) || isInAny(address, literalRanges);
  }
}

function isPortOpen(port: number): boolean {
  return port === 80 || port === 443 || (port >= 1024 && !CLOSED_PORTS.has(port));
}

function parseEntry(text: string): Entry {
  const match = /^(?:\[([^\]]+)\]|([^:[\]/@\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match ? (match[1] ?? match[2]) : canonicalAddress(text) && text;
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!host || host === '*' || (port !== undefined && (port < 1 || port > 65_535))) return invalid(text);
  return { host: canonicalAddress(host) ?? host.toLowerCase().replace(/\.$/, ''), port };
}

function isInAny(address: string, ranges: Ranges): boolean {
  return ranges.some((range) => isInRange(address, range));
}

function refuse(target: Target, why: string): AppError {
  return outboundErrors.outbound_refused(`The host ${target.host} ${why}. An operator can allow it.`);
}

function invalid(text: string): never {
  const detail = `"${text}" is neither host, host:port nor CIDR (AUTOMATE_OUTBOUND_ALLOW_HOSTS).`;
  throw new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}
