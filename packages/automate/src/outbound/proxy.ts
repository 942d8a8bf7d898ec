import { request as connectOver } from 'node:http';
import { request as connectOverTls } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as startTls } from 'node:tls';
import type { Connect } from './connections.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens every connection as a tunnel through an HTTP proxy (RFC 9110, 9.3.6), http targets too. The proxy resolves the name
 * and decides about the address, as Smokescreen does.
 * @param proxyUrl may hold `user:password@`, sent as Basic credentials
 */
export function createProxyDialler(proxyUrl: string): Connect {
  const proxy = new URL(proxyUrl);
  const send = proxy.protocol === 'https:' ? connectOverTls : connectOver;
  const credentials = proxy.username && `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;

  return async ({ address, port, protocol, serverName }) => {
    const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    const tunnel = send({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(credentials && { 'proxy-authorization': `Basic ${btoa(credentials)}` }) },
      timeout: CONNECT_TIMEOUT_MS,
      agent: false,
    });
    tunnel.once('timeout', () => tunnel.destroy(failure('EPROXYTIMEDOUT')));
    tunnel.once('error', reject);
    tunnel.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(failure('EPROXYREFUSED'));
    });
    // An answer that is no tunnel.
    tunnel.once('response', (response) => {
      response.destroy();
      reject(failure('EPROXYREFUSED'));
    });
    tunnel.end();
    const socket = await promise;
    return protocol === 'https:' ? secured(socket, serverName) : socket;
  };
}

function secured(socket: Duplex, serverName: string | undefined): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = startTls({ socket, ALPNProtocols: ['http/1.1'], ...(serverName && { servername: serverName }) });
    const timer = setTimeout(() => secure.destroy(failure('EPROXYTIMEDOUT')), CONNECT_TIMEOUT_MS);
    secure.once('close', () => clearTimeout(timer));
    secure.once('error', reject);
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      secure.off('error', reject);
      resolve(secure);
    });
  });
}

function failure(code: string): Error {
  return Object.assign(new Error('The proxy made no tunnel.'), { code });
}
