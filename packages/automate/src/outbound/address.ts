import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [prefix: Address, bits: number];

/**
 * The class of an IP address: `public`, or why nothing may dial it for a tenant (`loopback`, `private`, …).
 * Works on the parsed bytes, so the spelling does not matter. What is no address is `invalid`.
 */
export function classifyAddress(text: string): string {
  const known = classes.get(text);
  if (known !== undefined) return known;
  const name = classOf(text);
  if (classes.size >= MAXIMUM_KNOWN) classes.clear();
  classes.set(text, name);
  return name;
}

const classes = new Map<string, string>();
const MAXIMUM_KNOWN = 1_000;

function classOf(text: string): string {
  const address = parseAddress(text);
  if (!address) return 'invalid';
  const found = rules.find(([, range]) => matches(address, range));
  if (found) return found[0];
  if (address.kind() === 'ipv4') return 'public';
  // Fail closed: of IPv6 only 2000::/3 is handed out as global unicast. This also covers IPv4-mapped and -compatible
  // addresses, NAT64, site-local and everything reserved.
  return matches(address, globalUnicast) ? 'public' : ipv6Class(address as ipaddr.IPv6);
}

/** Parses an address in its canonical spellings only: no zone, no octal, no decimal integer. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes('%')) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

/** Parses `10.0.0.0/8`; undefined when it is no range. */
export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(text.slice(0, slash));
  const bits = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Number.NaN;
  if (slash < 0 || !address || !(bits <= (address.kind() === 'ipv4' ? 32 : 128))) return undefined;
  return [address, bits];
}

export function isInRange(text: string, range: Range): boolean {
  const address = parseAddress(text);
  return address !== undefined && matches(address, range);
}

/** The one spelling (RFC 5952) under which addresses are compared; undefined for what is no address. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address?.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address?.toString();
}

/** Classes that a listed host name does not open: metadata services live there, and a name can move. */
export const neverByName: ReadonlySet<string> = new Set(['link-local', 'metadata', 'multicast', 'broadcast', 'invalid']);

// IANA special-purpose registries, without what they mark as globally reachable.
const rules: readonly (readonly [name: string, range: Range])[] = (
  [
    ['metadata', '169.254.169.254/32'],
    ['metadata', '168.63.129.16/32'], // Azure's host agent, on an address that looks public
    ['metadata', '100.100.100.200/32'],
    ['metadata', '192.0.0.192/32'],
    ['metadata', 'fd00:ec2::/32'],
    ['metadata', 'fd20:ce::254/128'],
    ['loopback', '127.0.0.0/8'],
    ['unspecified', '0.0.0.0/8'],
    ['private', '10.0.0.0/8'],
    ['private', '172.16.0.0/12'],
    ['private', '192.168.0.0/16'],
    ['shared (CGNAT)', '100.64.0.0/10'],
    ['link-local', '169.254.0.0/16'],
    ['reserved', '192.0.0.0/24'],
    ['documentation', '192.0.2.0/24'],
    ['documentation', '198.51.100.0/24'],
    ['documentation', '203.0.113.0/24'],
    ['reserved', '192.88.99.0/24'],
    ['benchmarking', '198.18.0.0/15'],
    ['multicast', '224.0.0.0/4'],
    ['broadcast', '255.255.255.255/32'],
    ['reserved', '240.0.0.0/4'],
    ['reserved', '2001::/23'], // Teredo, ORCHID, benchmarking
    ['documentation', '2001:db8::/32'],
    ['6to4', '2002::/16'],
    ['reserved', '3ffe::/16'],
    ['documentation', '3fff::/20'],
  ] as const
).map(([name, text]) => [name, parseRange(text) as Range]);

const globalUnicast = parseRange('2000::/3') as Range;

function ipv6Class(address: ipaddr.IPv6): string {
  const name = address.range();
  if (name === 'uniqueLocal') return 'private';
  if (name === 'linkLocal') return 'link-local';
  if (name === 'ipv4Mapped' || name === 'rfc6052' || name === 'rfc6145') return 'embedded IPv4';
  return name === 'loopback' || name === 'unspecified' || name === 'multicast' ? name : 'reserved';
}

function matches(address: Address, [prefix, bits]: Range): boolean {
  if (address.kind() !== prefix.kind()) return false;
  return address.kind() === 'ipv4'
    ? (address as ipaddr.IPv4).match(prefix as ipaddr.IPv4, bits)
    : (address as ipaddr.IPv6).match(prefix as ipaddr.IPv6, bits);
}
