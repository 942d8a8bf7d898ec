import { BlockList, isIP } from 'node:net';
import type { ApiSettings, SettingValue } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { givenSetting } from './settings.ts';

/**
 * Tells where a request comes from, behind proxies of the operator.
 * @param peer address of whoever connected; empty when it is not known
 * @param forwardedFor `X-Forwarded-For`: each proxy adds at the right whom it saw, and the client may have written the rest
 */
export type ClientAddress = (peer: string, forwardedFor: string | readonly string[] | undefined) => string;

/**
 * Reads `AUTOMATE_API_TRUST_PROXY`: `false`, `true` for one proxy, a number of them, or their addresses.
 * @throws `invalid_settings`
 */
export function readTrustedProxies(settings: ApiSettings): ClientAddress {
  const given = givenSetting(settings, 'TRUST_PROXY');
  const hops = hopsOf(given);
  if (hops === 0) return (peer) => peer;
  const isProxy = hops === undefined ? byAddress(itemsOf(given)) : (_address: string, hop: number) => hop < hops;
  return (peer, forwardedFor) => {
    const passedOn = [forwardedFor ?? []].flat().join(',').split(',');
    const nearestFirst = passedOn.filter((entry) => entry.trim() !== '').reverse();
    let address = peer;
    for (let hop = 0; isProxy(address, hop); hop += 1) {
      const behind = addressIn(nearestFirst[hop] ?? '');
      if (behind === undefined) break;
      address = behind;
    }
    return address;
  };
}

const MOST_HOPS = 32;
const HOPS: Readonly<Record<string, number>> = { true: 1, false: 0 };

/** Undefined when it is a list. */
function hopsOf(given: SettingValue | undefined): number | undefined {
  if (given === undefined) return 0;
  const text = String(given).trim().toLowerCase();
  const hops = HOPS[text] ?? (typeof given === 'number' || /^\d+$/.test(text) ? Number(text) : undefined);
  if (hops !== undefined && !(Number.isInteger(hops) && hops >= 0 && hops <= MOST_HOPS)) throw malformed(text);
  return hops;
}

function itemsOf(given: SettingValue | undefined): string[] {
  const list = Array.isArray(given) ? given : String(given).split(',');
  return list.map((item: unknown) => String(item).trim());
}

/** Names that Express and Fastify know too. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function byAddress(items: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList();
  for (const item of items.flatMap((name) => NAMED[name.toLowerCase()] ?? name)) {
    const [address = '', bits, ...rest] = item.split('/');
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
    if (family === 0 || !isPrefix || rest.length > 0) throw malformed(item);
    proxies.addSubnet(address, bits === undefined ? longest : Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && proxies.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

/** The address of an entry; some proxies write the port too. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  return [text, bracketed, plain].find((address) => address !== undefined && isIP(address) !== 0);
}

function malformed(item: string) {
  return apiErrors.invalid_settings(
    `AUTOMATE_API_TRUST_PROXY must be true, false, a number of proxies up to ${MOST_HOPS}, or a list of their addresses and networks: "${item}" is none of these.`,
  );
}
