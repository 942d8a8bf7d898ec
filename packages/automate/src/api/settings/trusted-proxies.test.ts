import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SettingValue } from '../../kernel/index.ts';
import {
  AllowAny,
  type Api,
  ApiRouter,
  allow,
  BaseAPIView,
  type Context,
  createApi,
  createFastifyServer,
  createFetchHandler,
  createNodeHandler,
  fastifyPlugin,
} from '../index.ts';

class AddressView extends BaseAPIView {
  static {
    this.describe('get', { response: z.object({ address: z.string() }) });
  }
  override permissions = allow(AllowAny);
  get(ctx: Context): { address: string } {
    return { address: ctx.request.ip };
  }
}

function apiWith(trust?: SettingValue): Api {
  const settings = trust === undefined ? {} : { TRUST_PROXY: trust };
  return createApi({ router: new ApiRouter().view('address', AddressView), services: {} as never, settings });
}

interface Host {
  readonly port: number;
  close(): Promise<unknown>;
}

const hosts: readonly { name: string; start(api: Api): Promise<Host> }[] = [
  { name: 'Fastify', start: (api) => listenFastify(createFastifyServer(api)) },
  {
    name: 'a plugin of Fastify',
    async start(api) {
      const app = Fastify();
      await app.register(fastifyPlugin(api));
      return listenFastify(app);
    },
  },
  { name: 'Node', start: (api) => listen(createServer(createNodeHandler(api))) },
  { name: 'Express', start: (api) => listen(createServer(express().use(createNodeHandler(api)))) },
  {
    name: 'a fetch function',
    start(api) {
      const handler = createFetchHandler(api);
      const app = new Hono();
      app.all('*', (context) => handler(context.req.raw, { ip: getConnInfo(context).remote.address ?? '' }));
      return new Promise((resolve) => {
        const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false }, ({ port }) =>
          resolve({ port, close: () => new Promise((done) => server.close(done)) }),
        );
      });
    },
  },
  {
    name: 'a fetch function that does not know who connects',
    start(api) {
      const handler = createFetchHandler(api);
      const app = new Hono();
      app.all('*', (context) => handler(context.req.raw));
      return new Promise((resolve) => {
        const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false }, ({ port }) =>
          resolve({ port, close: () => new Promise((done) => server.close(done)) }),
        );
      });
    },
  },
];

/** What the client sent stands at the left, what the proxies saw at the right. */
const FORGED = '6.6.6.6, 198.51.100.7, 10.0.0.9';

describe.each(hosts)('on $name', ({ name, start }) => {
  const isBlind = name.includes('does not know');
  const peer = isBlind ? '' : '127.0.0.1';
  const running: Host[] = [];
  const seen = async (trust: SettingValue | undefined, forwarded?: string): Promise<string> => {
    const host = await start(apiWith(trust));
    running.push(host);
    const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const reply = await fetch(`http://127.0.0.1:${host.port}/address/`, { headers });
    return ((await reply.json()) as { address: string }).address;
  };
  afterAll(() => Promise.all(running.map((host) => host.close())));

  test('nothing that a request says of its address is believed unless the operator has proxies', async () => {
    expect(await seen(undefined, FORGED)).toBe(peer);
    expect(await seen(false, FORGED)).toBe(peer);
    expect(await seen('0', FORGED)).toBe(peer);
  });

  test('one proxy: the address that it saw, not the one that the client chose', async () => {
    expect(await seen('true', '6.6.6.6, 198.51.100.7')).toBe('198.51.100.7');
    expect(await seen('1', '6.6.6.6, 198.51.100.7')).toBe('198.51.100.7');
    expect(await seen(true)).toBe(peer);
  });

  test('two proxies: the address that the outer one saw', async () => {
    expect(await seen(2, FORGED)).toBe('198.51.100.7');
    expect(await seen('2', 'nonsense, 198.51.100.7:51234, 10.0.0.9')).toBe('198.51.100.7');
  });

  test('proxies by address: the last that is none of them, and only if one of them connects', async () => {
    const named = await seen('loopback, 10.0.0.0/8', FORGED);
    expect(named).toBe(isBlind ? '' : '198.51.100.7');
    expect(await seen(['127.0.0.1', '10.0.0.9'], FORGED)).toBe(isBlind ? '' : '198.51.100.7');
    expect(await seen('192.0.2.1', FORGED)).toBe(peer);
  });
});

describe('the addresses of a chain', () => {
  const addressOf = (trust: SettingValue, address: string, forwarded?: string | string[]): string =>
    apiWith(trust).clientAddress(address, forwarded);

  test('are read from the right, as far as proxies are trusted', () => {
    expect(addressOf(3, '10.0.0.1', FORGED)).toBe('6.6.6.6');
    // Fewer entries than hops: what is there.
    expect(addressOf(9, '10.0.0.1', FORGED)).toBe('6.6.6.6');
    expect(addressOf('10.0.0.0/8', '10.0.0.1', '10.0.0.2, 10.0.0.3')).toBe('10.0.0.2');
    expect(addressOf(1, '10.0.0.1', ['6.6.6.6', '198.51.100.7'])).toBe('198.51.100.7');
    expect(addressOf(1, '10.0.0.1', '6.6.6.6, ,')).toBe('6.6.6.6');
  });

  test('may be of either family, mapped, bracketed and with a port', () => {
    expect(addressOf(1, '::1', '2001:db8::7')).toBe('2001:db8::7');
    expect(addressOf(1, '::1', '[2001:db8::7]:443')).toBe('2001:db8::7');
    expect(addressOf(1, '::1', '[2001:db8::7]')).toBe('2001:db8::7');
    expect(addressOf('10.0.0.0/8', '::ffff:10.0.0.1', '198.51.100.7')).toBe('198.51.100.7');
    expect(addressOf('2001:db8:1::/48', '2001:db8:1::5', '2001:db8:2::5')).toBe('2001:db8:2::5');
    expect(addressOf('uniquelocal', 'fd00::1', '192.168.3.4, 172.16.0.1')).toBe('192.168.3.4');
    expect(addressOf('linklocal', 'fe80::1', '203.0.113.5')).toBe('203.0.113.5');
  });

  test('end at what is no address: the proxy that passed it on counts', () => {
    expect(addressOf(1, '10.0.0.1', 'unknown')).toBe('10.0.0.1');
    expect(addressOf(2, '10.0.0.1', 'x'.repeat(500).concat(', 10.0.0.2'))).toBe('10.0.0.2');
  });

  test('stop the start when they cannot be read', () => {
    const wrong = [
      -1,
      1.5,
      33,
      '1.2.3.4/33',
      '1.2.3.4/x',
      '2001:db8::/129',
      'proxy.internal',
      'true, 10.0.0.1',
      '10.0.0.1/',
      [' '],
    ];
    for (const trust of wrong) expect(() => apiWith(trust as SettingValue), String(trust)).toThrow(/AUTOMATE_API_TRUST_PROXY/);
  });
});

async function listenFastify(app: FastifyInstance): Promise<Host> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}

function listen(server: ReturnType<typeof createServer>): Promise<Host> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(done);
          }),
      }),
    ),
  );
}
