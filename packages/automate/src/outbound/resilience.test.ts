import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';
import { createOutbound } from './outbound.ts';
import { createPace } from './pace.ts';

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('the pace of a host', () => {
  const never = new AbortController().signal;
  it('lets a burst go at once and spaces out the rest, each party for itself', async () => {
    const pace = createPace({ perSecond: 20 });
    const done: string[] = [];
    const all = Array.from({ length: 24 }, (_, index) => pace.turn('a', 'a.test', never).then(() => done.push(`a${index}`)));
    await pace.turn('b', 'a.test', never);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toHaveLength(20);
    await Promise.all(all);
    expect(done).toHaveLength(24);
  });

  it('refuses when too many wait, and gives up its turn with its deadline', async () => {
    const pace = createPace({ perSecond: 1, maximumWaiting: 1 });
    await pace.turn('a', 'a.test', never);
    const controller = new AbortController();
    const waiting = pace.turn('a', 'a.test', controller.signal);
    await expect(pace.turn('a', 'a.test', never)).rejects.toMatchObject({ code: 'outbound_rate_limited', status: 429 });
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });
});

describe('the breaker', () => {
  it('opens after failures in a row, tries with one request, and closes when that succeeds', () => {
    let time = 0;
    const breaker = createBreaker({ threshold: 3, openMs: 1_000, now: () => time });
    const admits = () => {
      try {
        breaker.admit('x', 'x.test');
        return true;
      } catch (error) {
        expect(error).toMatchObject({
          code: 'outbound_circuit_open',
          status: 503,
          headers: { 'retry-after': expect.any(String) },
        });
        return false;
      }
    };
    for (let count = 0; count < 2; count += 1) breaker.failed('x');
    breaker.succeeded('x');
    for (let count = 0; count < 2; count += 1) breaker.failed('x');
    expect(admits()).toBe(true);
    breaker.failed('x');
    expect([admits(), admits()]).toEqual([false, false]);
    time = 1_300;
    expect([admits(), admits()]).toEqual([true, false]); // one trial
    breaker.failed('x');
    time = 2_700;
    expect(admits()).toBe(false); // twice as long
    time = 4_000;
    expect(admits()).toBe(true);
    breaker.undecided('x');
    expect(admits()).toBe(true); // nothing was learnt, so another trial
    breaker.succeeded('x');
    expect([admits(), admits()]).toEqual([true, true]);
    expect(() => breaker.admit('y', 'y.test')).not.toThrow();
  });

  it('leaves alone a host that is down, for the tenant that called it', async () => {
    let asked = 0;
    let status = 503;
    const port = await listen(
      createServer((_request, response) => {
        asked += 1;
        response.writeHead(status).end();
      }),
    );
    const url = `http://127.0.0.1:${port}/`;
    const outbound = createOutbound({ policy: { allowHosts: [`127.0.0.1:${port}`] }, breaker: { threshold: 5, openMs: 300 } });
    closers.push(() => outbound.close());
    for (let count = 0; count < 5; count += 1) expect((await outbound.request({ url, tenantId: 'a' })).status).toBe(503);
    for (let count = 0; count < 5; count += 1)
      await expect(outbound.request({ url, tenantId: 'a' })).rejects.toMatchObject({ code: 'outbound_circuit_open' });
    expect(asked).toBe(5);
    status = 200;
    expect((await outbound.request({ url, tenantId: 'b' })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await outbound.request({ url, tenantId: 'a' })).status).toBe(200);
  });
});

describe('an egress proxy', () => {
  const tunnels: { authority: string; authorization: string | undefined }[] = [];
  let isOpen = true;
  let proxyUrl: string;
  let target: number;
  let secure: number;

  beforeAll(async () => {
    const answer = (request: IncomingMessage) => `${request.method} ${request.headers.host}${request.url}`;
    target = await listen(createServer((request, response) => response.end(answer(request))));
    secure = await listen(createTlsServer({}, (request, response) => response.end(answer(request))));
    // A forward proxy that knows all names, as one that stands at the border of a network does.
    const proxy = createServer((_request, response) => response.writeHead(405).end());
    proxy.on('connect', (request, socket: Socket) => {
      tunnels.push({ authority: request.url ?? '', authorization: request.headers['proxy-authorization'] });
      if (!isOpen) return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      const upstream = connect(request.url?.endsWith(':443') ? secure : target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
      return socket;
    });
    proxyUrl = `http://house:p%40ss@127.0.0.1:${await listen(proxy)}`;
  });

  it('carries every call in a tunnel, by name, and still refuses what must not be called', async () => {
    const outbound = createOutbound({ proxyUrl, resolve: () => Promise.reject(new Error('nothing is looked up here')) });
    closers.push(() => outbound.close());
    const reply = await outbound.request({ url: 'http://shop.example.com/a?b=1' });
    expect(reply.body.toString()).toBe('GET shop.example.com/a?b=1');
    expect(tunnels).toEqual([{ authority: 'shop.example.com:80', authorization: `Basic ${btoa('house:p@ss')}` }]);
    for (const url of [
      'http://127.0.0.1/',
      'http://169.254.169.254/latest/',
      'http://db.internal/',
      'http://shop.example.com:5432/',
    ]) {
      await expect(outbound.request({ url })).rejects.toMatchObject({ code: 'outbound_refused' });
    }
    expect(tunnels).toHaveLength(1);
  });

  it('speaks TLS with the host itself, not with the proxy', async () => {
    const outbound = createOutbound({ proxyUrl });
    closers.push(() => outbound.close());
    // The server has no certificate, so the handshake fails: with the host, behind the tunnel.
    await expect(outbound.request({ url: 'https://shop.example.com/' })).rejects.toMatchObject({ code: 'outbound_failed' });
    expect(tunnels.at(-1)?.authority).toBe('shop.example.com:443');
  });

  it('says so when the proxy refuses', async () => {
    isOpen = false;
    const outbound = createOutbound({ proxyUrl });
    closers.push(() => outbound.close());
    await expect(outbound.request({ url: 'http://evil.example.com/' })).rejects.toMatchObject({
      code: 'outbound_failed',
      message: 'The request to evil.example.com failed (EPROXYREFUSED).',
    });
  });
});
