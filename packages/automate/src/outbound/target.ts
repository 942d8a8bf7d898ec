import { domainToASCII } from 'node:url';
import { canonicalAddress, parseAddress } from './address.ts';
import { outboundErrors } from './errors.ts';

/** Where a request goes, after the strict reading of its URL. */
export interface Target {
  readonly url: URL;
  readonly protocol: 'http:' | 'https:';
  /** Lower-case ASCII name without trailing dot, or the address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The address itself when the URL holds one: then no resolver is asked. */
  readonly literal: string | undefined;
}

const MAX_URL_LENGTH = 8_192;
const SHAPE = /^(https?):\/\/([^/?#]+)(?:[/?#]|$)/i;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/**
 * Reads an absolute http(s) URL more strictly than WHATWG does, so that no other parser can read another host from it.
 * @throws AppError `outbound_refused`
 */
export function parseTarget(text: string): Target {
  const known = targets.get(text);
  if (known) return known;
  const target = readTarget(text);
  if (targets.size >= MAXIMUM_KNOWN) targets.clear();
  targets.set(text, target);
  return target;
}

/** What was read before: programs call few URLs again and again. */
const targets = new Map<string, Target>();
const MAXIMUM_KNOWN = 500;

function readTarget(text: string): Target {
  if (typeof text !== 'string' || text.length > MAX_URL_LENGTH)
    throw refuse(`must be text of at most ${MAX_URL_LENGTH} characters`);
  if (/[\s\p{Cc}\p{Cf}\p{Zs}]/u.test(text)) throw refuse('must not hold spaces or control characters');
  const [, , authority] = SHAPE.exec(text) ?? [];
  if (!authority) throw refuse('must be absolute and start with http:// or https:// and a host');
  if (text.replace(/[?#].*$/s, '').includes('\\')) throw refuse('must not hold a backslash');
  if (authority.includes('@')) throw refuse('must not hold credentials; send them in a header');
  if (authority.includes('%')) throw refuse('must not hold percent-encoding or a zone in its host');
  if (!URL.canParse(text)) throw refuse('is not valid');
  const url = new URL(text);
  url.hash = '';
  const isBracketed = url.hostname.startsWith('[');
  const host = isBracketed ? url.hostname.slice(1, -1) : url.hostname.replace(/\.$/, '');
  const literal = parseAddress(host) ? (canonicalAddress(host) ?? host) : undefined;
  if (!literal) checkName(authority, host);
  if (!isBracketed) url.hostname = host;
  const protocol = url.protocol as Target['protocol'];
  const port = url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { url, protocol, host: literal ?? host, port, literal };
}

function checkName(authority: string, host: string): void {
  if (!HOST_NAME.test(host) || /^(?:\d+|0x[\da-f]*)$/.test(host.split('.').at(-1) ?? ''))
    throw refuse('does not hold a valid host name');
  // Compatibility letters (fullwidth, circled) that fold to plain ASCII only serve to deceive a reader or a filter.
  const raw = authority.replace(/:\d*$/, '').replace(/\.$/, '').split('.');
  const labels = host.split('.');
  const isFolded = raw.some((label, index) => !/^[ -~]*$/.test(label) && !(labels[index] ?? '').startsWith('xn--'));
  if (raw.length !== labels.length || isFolded) throw refuse('holds look-alike letters in its host; write it in ASCII');
  if (domainToASCII(host) === '') throw refuse('does not hold a valid host name');
}

function refuse(what: string) {
  return outboundErrors.outbound_refused(`The URL ${what}.`);
}
